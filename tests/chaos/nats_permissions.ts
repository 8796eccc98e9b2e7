/** A chat on a NATS with TLS and exactly the permissions that the guide lists; it may not delete the stream. */
import { assert, assertEquals } from "@std/assert";
import { jetstreamManager } from "@nats-io/jetstream";
import { connect } from "@nats-io/transport-node";
import { testCertificate } from "../support/certificate.ts";
import { Cluster } from "../support/cluster.ts";
import { temporaryFolder } from "../support/folder.ts";
import { hasProgram } from "../support/programs.ts";
import { upload, uploadToken } from "../support/upload.ts";

Deno.test({
  name: "the permissions of the guide suffice for messages, files, joining and leaving",
  ignore: !hasProgram("nats-server"),
  async fn() {
    using place = temporaryFolder();
    const { cert, key } = await testCertificate("localhost");
    await Deno.writeTextFile(`${place.folder}/cert.pem`, cert);
    await Deno.writeTextFile(`${place.folder}/key.pem`, key);
    await using cluster = await Cluster.on({ config: guideConfig(place.folder) });
    const url = `parley:a%20long%20random%20password@localhost:${cluster.nats.port}`;
    const flags = ["--nats", `tls://${url}`, "--web", "on"];
    const env = { DENO_CERT: `${place.folder}/cert.pem` };
    const east = await cluster.add("east", flags, { env });
    const west = await cluster.add("west", flags, { env });
    const [ann, bob] = await cluster.join("#tea", "ann", "bob");
    assert(ann && bob);
    ann.send("PRIVMSG #tea :hello");
    await bob.next(/ PRIVMSG #tea :hello$/);
    const posted = await upload(east, await uploadToken(ann), "x".repeat(200_000));
    await posted.body?.cancel();
    const path = posted.headers.get("location");
    ann.send(`PRIVMSG #tea :http://127.0.0.1:${east.webPort}${path}`);
    const [, msgid] = /msgid=([^; ]+)/.exec(await bob.next(/ PRIVMSG #tea :http/)) ?? [];
    const got = await fetch(`http://127.0.0.1:${west.webPort}${path}`);
    assertEquals((await got.text()).length, 200_000);
    const north = await cluster.add("north", flags, { env });
    const cat = await cluster.peer(north, "cat");
    await cat.join("#tea");
    cat.send("CHATHISTORY LATEST #tea * 10");
    await cat.next(/ PRIVMSG #tea :hello$/);
    ann.send(`REDACT #tea ${msgid}`);
    await ann.lines();
    const gone = await fetch(`http://127.0.0.1:${east.webPort}${path}`);
    await gone.body?.cancel();
    assertEquals(gone.status, 404);
    await west.kill();
    await ann.next(/:bob!\S+ QUIT /);
    for (const one of [east, north]) {
      assertEquals(/Permissions Violation/i.test(one.stderr()), false, one.stderr());
    }
    const link = await connect({
      servers: `localhost:${cluster.nats.port}`,
      user: "parley",
      pass: "a long random password",
      tls: { ca: cert },
      timeout: 2000,
    });
    const manager = await jetstreamManager(link, { timeout: 1000 });
    const refusal = await manager.streams.delete("PARLEY").then(() => "deleted", String);
    await link.close();
    assert(refusal !== "deleted", "a machine may not delete the stream");
    ann.send("PRIVMSG #tea :still here");
    await cat.next(/ PRIVMSG #tea :still here$/);
  },
});

function guideConfig(folder: string): string {
  const guide = Deno.readTextFileSync(new URL("../../lib/server/README.md", import.meta.url));
  const [, config = ""] = /```\n(tls \{[^`]*)```/.exec(guide) ?? [];
  return config.replaceAll("/etc/nats", folder);
}
