/**
 * The real server on a disk that becomes full and is full when it ends. The system limits the length of files of the
 * server's process (prlimit), so each write gets a real error. It takes seconds, because a server that is stopped tries
 * to save for some time; so only `deno task chaos` runs it. Without prlimit it is ignored.
 */
import { assert, assertEquals, assertMatch } from "@std/assert";
import { until } from "../support/deadline.ts";
import { temporaryFolder } from "../support/folder.ts";
import { Peer } from "../support/peer.ts";
import { hasProgram } from "../support/programs.ts";
import { type RunningServer, startServer } from "../support/server.ts";

Deno.test({
  name:
    "messages that wait while the disk is full survive SIGKILL once there is space, and a stop before that tells the loss",
  ignore: !hasProgram("prlimit"),
  async fn() {
    using place = temporaryFolder();
    const flags = ["--data", place.folder, "--tls", "off", "--web", "off", "--flood", "0"];
    {
      await using server = await startServer(flags);
      await using ann = await joined(server, "ann");
      await say(ann, "saved");
      limitFiles(server, "512");
      for (let count = 1; count <= 50; count++) await say(ann, `waiting ${count}`);
      assertMatch(server.stderr(), /Cannot save messages: the disk refuses to write/);
      limitFiles(server, "unlimited");
      await until(() => /saved again; .* waited in memory: 5[01], lost: 0/.test(server.stderr()));
      await server.kill();
    }
    {
      await using server = await startServer(flags);
      await using bob = await joined(server, "bob");
      const texts = await spoken(bob);
      assertEquals(texts, ["saved", ...Array.from({ length: 50 }, (_, at) => `waiting ${at + 1}`)]);
      limitFiles(server, "512");
      for (let count = 1; count <= 5; count++) await say(bob, `lost ${count}`);
      const { code } = await server.stop();
      assertEquals(code, 74);
      assertMatch(server.stderr(), /[67] messages and events could not be saved, and are lost/);
    }
    await using server = await startServer(flags);
    await using cat = await joined(server, "cat");
    assert((await spoken(cat)).every((text) => !text.startsWith("lost")));
  },
});

function limitFiles({ pid }: RunningServer, bytes: string): void {
  const { success } = new Deno.Command("prlimit", { args: [`--pid=${pid}`, `--fsize=${bytes}:unlimited`] })
    .outputSync();
  assert(success, "prlimit failed");
}

async function joined(server: RunningServer, nick: string): Promise<Peer> {
  const peer = await Peer.connect(server.port, nick, {
    caps: ["echo-message", "batch", "draft/chathistory"],
  });
  await peer.join("#tea");
  return peer;
}

async function say(peer: Peer, text: string): Promise<void> {
  peer.send(`PRIVMSG #tea :${text}`);
  await peer.next((line) => line.endsWith(text));
}

async function spoken(peer: Peer): Promise<string[]> {
  const texts: string[] = [];
  peer.send("CHATHISTORY LATEST #tea * 100");
  for (const line of await peer.lines()) {
    const text = / PRIVMSG #tea :?(.*)$/.exec(line)?.[1];
    if (text !== undefined) texts.push(text);
  }
  return texts;
}
