/** Connecting a client to a server: what it learns about a server that is new, or that lost its TLS. */
import { assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { streamStatus } from "../../lib/client/cli/exit_status.ts";
import { connectToServer } from "../../lib/net/connect_to_server.ts";
import { testCertificate } from "../support/certificate.ts";
import { DialError } from "../../lib/net/dial.ts";
import { KnownHosts } from "../../lib/net/known_hosts.ts";
import { granted } from "../support/permissions.ts";

const ignore = !granted("net", "read", "write");
const options = {
  signal: new AbortController().signal,
  fingerprint: undefined,
  clientCertificate: undefined,
  refusesUnknown: false,
};

Deno.test({ name: "where TLS worked before, nobody is told to go on without it", ignore, fn: lostTls });
Deno.test({ name: "a new server is a first contact until the person confirms it", ignore, fn: firstContact });

async function lostTls(): Promise<void> {
  const folder = await Deno.makeTempDir();
  const knownHosts = `${folder}/known_hosts`;
  const server = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const place = `127.0.0.1:${server.addr.port}`;
  const answered = (async () => {
    using peer = await server.accept();
    await peer.write(new TextEncoder().encode(":srv NOTICE * :Looking up your host\r\n"));
    await peer.read(new Uint8Array(2048));
  })();
  const sentences: string[] = [];
  new KnownHosts(knownHosts).save(place, { fingerprint: "AB:CD", key: "x" });
  for (let turn = 0; turn < 2; turn++) {
    const error = await assertRejects(
      () => connectToServer(`ircs://${place}`, { ...options, knownHosts, onNotice: () => {} }),
      DialError,
    );
    const destination = { address: `ircs://${place}`, isTlsImplied: true, channels: [] };
    sentences.push(streamStatus({ kind: "unreachable", error }, destination).sentence);
    await answered;
    // The second time nothing is listening.
    if (turn === 0) server.close();
  }
  assertEquals(sentences.filter((sentence) => sentence.includes("irc://")), []);
  assertStringIncludes(sentences[0] ?? "", "spoke TLS before");
  await Deno.remove(folder, { recursive: true });
}

async function firstContact(): Promise<void> {
  const pair = await testCertificate();
  const server = Deno.listenTls({ hostname: "127.0.0.1", port: 0, ...pair });
  const notices: string[] = [];
  const meet = async () => {
    const accepted = server.accept();
    const connection = await connectToServer(`ircs://127.0.0.1:${server.addr.port}`, {
      ...options,
      knownHosts: undefined,
      onNotice: (words) => void notices.push(words),
    });
    connection.abort();
    (await accepted).close();
    return connection;
  };
  const first = await meet();
  const again = await meet();
  assertEquals(notices, [
    `This is the first connection to this server; its certificate is ${first.firstContact?.fingerprint}`,
  ]);
  assertEquals(again.firstContact?.fingerprint, first.firstContact?.fingerprint);
  again.firstContact?.confirm();
  assertEquals(again.firstContact, undefined);
  server.close();
}
