/** Connecting with TLS: which servers to trust the first time, the next time, and not any more. */
import { assert, assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { type KeyPair, makeCertificate } from "../../lib/net/certificate.ts";
import { DialError, type DialReason } from "../../lib/net/dial.ts";
import { dialTls, type DialTlsOptions, TrustError, UnconfirmedError } from "../../lib/net/dial_tls.ts";
import {
  judgeTrust,
  KnownHosts,
  knownHostsPath,
  type PeerCertificate,
  type StoredTrust,
} from "../../lib/net/known_hosts.ts";
import { listen } from "../../lib/net/listen.ts";
import { Flusher } from "../../lib/net/send_queue.ts";
import { granted } from "../support/permissions.ts";

const ignore = !granted("net", "read", "write");
const now = Date.now();
const request = {
  names: ["localhost", "127.0.0.1"],
  notBeforeMs: now - 60_000,
  notAfterMs: now + 86_400_000,
};

Deno.test({ name: "a server is trusted the first time, and known the next time", ignore, fn: twice });
Deno.test({ name: "a renewed certificate with the same key is the same server", ignore, fn: renewal });
Deno.test({ name: "another key is refused before anything is sent", ignore, fn: changed });
Deno.test({ name: "a server that an authority confirmed must stay confirmed", ignore, fn: authority });
Deno.test({ name: "a given fingerprint is the only check", ignore, fn: given });
Deno.test({ name: "the same host with another port is another server", ignore, fn: ports });
Deno.test({
  name: "a file that cannot be written is reported, and the connection works",
  ignore,
  fn: unwritable,
});
Deno.test({
  name: "a server that must be confirmed fails in the handshake, unless it is known",
  ignore,
  fn: confirmed,
});
Deno.test({ name: "dialTls() reports why it failed", ignore, fn: failures });
Deno.test({ name: "dialTls() can be aborted", ignore, fn: aborted });

interface Stage {
  readonly knownHosts: KnownHosts;
  readonly first: KeyPair;
  readonly address: string;
  readonly heard: string[];
  show(pair: KeyPair): void;
  /** Connects, sends a line, waits for its echo, and closes. */
  meet(
    options?: DialTlsOptions,
  ): Promise<{ trust: string; fingerprint: string; notSaved: string | undefined }>;
}

/** A server that echoes, and an empty file of known hosts. */
async function onStage(act: (stage: Stage) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir();
  const first = await makeCertificate(request);
  const heard: string[] = [];
  const listener = listen({
    hostname: "127.0.0.1",
    port: 0,
    tls: first,
    stream: { flusher: new Flusher(), limits: { tagBytes: 4096, bodyBytes: 4096 }, closeTimeoutMs: 50 },
    async onConnection(connection) {
      for await (const lines of connection.lines()) {
        for (const line of lines) {
          heard.push(String(line));
          connection.send(String(line));
        }
      }
      connection.close();
    },
  });
  const knownHosts = new KnownHosts(`${folder}/deep/known_hosts`);
  const address = `ircs://127.0.0.1:${listener.port}`;
  try {
    await act({
      knownHosts,
      first,
      address,
      heard,
      show: (pair) => listener.useCertificate(pair),
      async meet(options = { knownHosts }) {
        const { connection, ...trust } = await dialTls(address, options);
        assert(connection.secure);
        connection.send("hello");
        for await (const lines of connection.lines()) {
          assertEquals(lines, ["hello"]);
          connection.close();
        }
        return trust;
      },
    });
  } finally {
    await listener.close();
    while (listener.connections > 0) await new Promise((resolve) => setTimeout(resolve, 1));
    await Deno.remove(folder, { recursive: true });
  }
}

function twice(): Promise<void> {
  return onStage(async ({ meet, knownHosts, address }) => {
    assertEquals((await meet()).trust, "new");
    assertEquals((await meet()).trust, "known");
    const remembered = knownHosts.find(address.replace("ircs://", ""));
    assert(remembered !== undefined && remembered !== "authority");
    assertEquals(remembered.fingerprint, (await meet()).fingerprint);
    assertEquals((Deno.statSync(knownHosts.path).mode ?? 0) & 0o777, 0o600);
  });
}

function renewal(): Promise<void> {
  return onStage(async ({ meet, show, first }) => {
    const before = await meet();
    show(await makeCertificate({ ...request, key: first.key }));
    const after = await meet();
    assertEquals(after.trust, "known");
    assert(after.fingerprint !== before.fingerprint);
    show(await makeCertificate({ ...request, key: first.key }));
    assertEquals((await meet()).trust, "known");
  });
}

function changed(): Promise<void> {
  return onStage(async ({ meet, show, first, knownHosts, address, heard }) => {
    const { fingerprint } = await meet();
    heard.length = 0;
    show(await makeCertificate(request));
    const error = await assertRejects(() => meet(), TrustError);
    assertStringIncludes(error.message, fingerprint);
    assertStringIncludes(error.message, error.fingerprint);
    assertStringIncludes(error.message, knownHosts.path);
    assertStringIncludes(error.message, address);
    assertEquals(heard, []);
    show(first);
    assertEquals((await meet()).trust, "known");
  });
}

function authority(): Promise<void> {
  return onStage(async ({ meet, show, first, knownHosts }) => {
    assertEquals((await meet({ knownHosts, authorities: [first.cert] })).trust, "authority");
    show(await makeCertificate(request));
    await assertRejects(() => meet(), TrustError, "Before, a certificate authority confirmed it");
    show(first);
    assertEquals((await meet({ knownHosts, authorities: [first.cert] })).trust, "authority");
  });
}

function given(): Promise<void> {
  return onStage(async ({ meet, show }) => {
    const { fingerprint } = await meet({});
    for (
      const written of [fingerprint, fingerprint.toLowerCase(), `SHA256:${fingerprint.replaceAll(":", "")}`]
    ) {
      assertEquals((await meet({ fingerprint: written })).trust, "given");
    }
    show(await makeCertificate(request));
    await assertRejects(
      () => meet({ fingerprint }),
      TrustError,
      "it is not the server with the fingerprint you gave",
    );
  });
}

function ports(): Promise<void> {
  return onStage(({ knownHosts }) => {
    return onStage(async (other) => {
      assertEquals((await other.meet({ knownHosts })).trust, "new");
      assertEquals((await other.meet({ knownHosts })).trust, "known");
      assertEquals(knownHosts.find("127.0.0.1:1"), undefined);
    });
  });
}

function unwritable(): Promise<void> {
  return onStage(async ({ meet, knownHosts }) => {
    Deno.writeTextFileSync(knownHosts.path.replace("/deep/known_hosts", "/deep"), "in the way");
    const { trust, notSaved } = await meet();
    assertEquals(trust, "new");
    assertStringIncludes(notSaved ?? "", `Cannot remember this server in ${knownHosts.path}: `);
    assertEquals(/os error/.test(notSaved ?? ""), false);
  });
}

async function failures(): Promise<void> {
  const plain = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const accepted = plain.accept().then(async (socket) => {
    await socket.read(new Uint8Array(1000));
    await socket.write(new TextEncoder().encode("ERROR :Closing link\r\n"));
    socket.close();
  });
  const silent = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const cases: readonly (readonly [port: number, reason: DialReason])[] = [
    [plain.addr.port, "no TLS"],
    [silent.addr.port, "timed out"],
    [1, "refused"],
  ];
  for (const [port, reason] of cases) {
    const timeoutMs = reason === "timed out" ? 50 : 5_000;
    const error = await assertRejects(() => dialTls(`ircs://127.0.0.1:${port}`, { timeoutMs }), DialError);
    assertEquals(error.reason, reason);
  }
  await accepted;
  plain.close();
  silent.close();
  for (const wrong of ["irc://127.0.0.1", "ircs://", "127.0.0.1:6697"]) {
    await assertRejects(() => dialTls(wrong), RangeError);
  }
  await assertRejects(() => dialTls("ircs://127.0.0.1", { timeoutMs: 0 }), RangeError);
}

async function aborted(): Promise<void> {
  const silent = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const controller = new AbortController();
  const dialling = dialTls(`ircs://127.0.0.1:${silent.addr.port}`, { signal: controller.signal });
  controller.abort();
  assertEquals((await assertRejects(() => dialling, DialError)).reason, "aborted");
  const late = await assertRejects(
    () => dialTls("ircs://127.0.0.1", { signal: controller.signal }),
    DialError,
  );
  assertEquals(late.reason, "aborted");
  silent.close();
}

const self: PeerCertificate = { fingerprint: "AB", key: "k", untrustedReason: "DEPTH_ZERO_SELF_SIGNED_CERT" };
const pinned: StoredTrust = { fingerprint: "AB", key: "k" };
const verdicts:
  readonly (readonly [shown: PeerCertificate, remembered: StoredTrust | undefined, verdict: string])[] = [
    [self, undefined, "new"],
    [self, pinned, "known"],
    [{ ...self, fingerprint: "CD" }, pinned, "known"],
    [{ ...self, key: "other" }, pinned, "changed"],
    [self, "authority", "changed"],
    [{ ...self, untrustedReason: undefined }, undefined, "authority"],
    [{ ...self, untrustedReason: undefined }, "authority", "authority"],
    [{ ...self, untrustedReason: undefined, key: "other" }, pinned, "authority"],
  ];

Deno.test("judge() trusts unchanged keys and authorities, but never less than before", () => {
  for (const [shown, remembered, verdict] of verdicts) assertEquals(judgeTrust(shown, remembered), verdict);
});

const paths: readonly (readonly [env: Record<string, string>, os: string, path: string | undefined])[] = [
  [{ HOME: "/home/ann" }, "linux", "/home/ann/.local/share/parley/known_hosts"],
  [{ HOME: "/home/ann", XDG_DATA_HOME: "/data" }, "linux", "/data/parley/known_hosts"],
  [{ HOME: "/Users/ann" }, "darwin", "/Users/ann/Library/Application Support/parley/known_hosts"],
  [
    { USERPROFILE: "C:\\ann", LOCALAPPDATA: "C:\\ann\\AppData" },
    "windows",
    "C:/ann/AppData/parley/known_hosts",
  ],
  [{}, "linux", undefined],
];

Deno.test("the file of known hosts is in the data folder of the system", () => {
  for (const [env, os, path] of paths) assertEquals(knownHostsPath(env, os), path);
});

function confirmed(): Promise<void> {
  return onStage(async ({ meet, knownHosts, first }) => {
    const server = Deno.listenTls({ hostname: "127.0.0.1", port: 0, ...first });
    const outcomes: string[] = [];
    const served = (async () => {
      for (let count = 0; count < 2; count++) {
        using peer = await server.accept();
        const handshake = await peer.handshake().then(() => "done", (error) => String(error));
        if (handshake !== "done") outcomes.push(/alert/i.test(handshake) ? "alert" : handshake);
        else outcomes.push(`read ${await peer.read(new Uint8Array(1)).catch(() => null)}`);
      }
    })();
    const error = await assertRejects(
      () => dialTls(`ircs://127.0.0.1:${server.addr.port}`, { knownHosts, refusesNew: true }),
      UnconfirmedError,
    );
    await served;
    server.close();
    // The second handshake only reads the fingerprint.
    assertEquals(outcomes, ["alert", "read null"]);
    assertEquals(knownHosts.find(`127.0.0.1:${server.addr.port}`), undefined);
    assertEquals((await meet()).fingerprint, error.fingerprint);
    assertEquals((await meet({ knownHosts, refusesNew: true })).trust, "known");
  });
}
