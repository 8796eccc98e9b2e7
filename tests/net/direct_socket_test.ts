/** Writes that go straight to the system: what arrives, and that a number of a descriptor never outlives its socket. */
import { assert, assertEquals } from "@std/assert";
import { Buffer } from "node:buffer";
import { closeQuietly } from "../../lib/net/close_quietly.ts";
import { DirectSocket } from "../../lib/net/direct_socket.ts";
import { readBytes } from "../support/listening.ts";
import { granted } from "../support/permissions.ts";

const ignore = !granted("net") || !granted("ffi") || Deno.build.os !== "linux";

interface Pair {
  readonly socket: DirectSocket;
  readonly peer: Deno.TcpConn;
  [Symbol.dispose](): void;
}

/**
 * Both ends of a connection; the peer is in this process too. Other tests opened and closed many descriptors, and after
 * a wide search for one of them the next wide search waits a moment.
 */
async function connected(hostname = "127.0.0.1"): Promise<Pair> {
  using listener = Deno.listen({ hostname, port: 0 });
  const { port } = listener.addr;
  const accept = async () => {
    const [accepted, peer] = await Promise.all([listener.accept(), Deno.connect({ hostname, port })]);
    return pairOf(new DirectSocket(accepted), peer);
  };
  let pair = await accept();
  for (const giveUpMs = performance.now() + 5_000; !pair.socket.isDirect && performance.now() < giveUpMs;) {
    pair[Symbol.dispose]();
    pair = await accept();
  }
  return pair;
}

function pairOf(socket: DirectSocket, peer: Deno.TcpConn): Pair {
  return {
    socket,
    peer,
    [Symbol.dispose]() {
      closeQuietly(socket);
      closeQuietly(peer);
    },
  };
}

async function twenty(): Promise<Pair[]> {
  const pairs: Pair[] = [];
  while (pairs.length < 20) pairs.push(await connected());
  return pairs;
}

function numbered(length: number): Uint8Array {
  const bytes = new Uint8Array(length);
  for (let at = 0; at < length; at++) bytes[at] = at % 251;
  return bytes;
}

const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
const bytesOf = (line: string) => new TextEncoder().encode(line);

Deno.test({
  name: "the part of a larger piece of memory that a write names arrives, and nothing around it",
  ignore,
  async fn() {
    using pair = await connected();
    assert(pair.socket.isDirect);
    const line = bytesOf("secret:hello\r\n:secret").subarray(7, 14);
    assertEquals(pair.socket.attempt(line), 7);
    assertEquals(await pair.socket.write(line), 7);
    assertEquals(text(await readBytes(pair.peer, 14)), "hello\r\nhello\r\n");
  },
});

Deno.test({
  name: "sockets over IPv6 are direct too",
  ignore,
  async fn() {
    using pair = await connected("::1");
    assertEquals(pair.socket.attempt(bytesOf("hi")), 2);
    assertEquals(text(await readBytes(pair.peer, 2)), "hi");
  },
});

Deno.test({
  name: "what the system does not take at once follows in order, and no later write overtakes it",
  ignore,
  async fn() {
    using pair = await connected();
    const { socket, peer } = pair;
    const bytes = numbered(16 * 1024 * 1024);
    const taken = socket.attempt(bytes);
    assert(taken > 0 && taken < bytes.length, `taken: ${taken}`);
    let sent = taken;
    for (let count = 1; count > 0; sent += count) count = socket.attempt(bytes.subarray(sent));
    const end = sent + 100_000;
    const waiting = socket.write(bytes.subarray(sent, end));
    assertEquals(socket.attempt(bytesOf("overtakes")), 0);
    const received = readBytes(peer, end);
    for (let at = sent + await waiting; at < end;) at += await socket.write(bytes.subarray(at, end));
    assertEquals(Buffer.compare(await received, bytes.subarray(0, end)), 0);
    assertEquals(socket.attempt(bytesOf("last")), 4);
    assertEquals(text(await readBytes(peer, 4)), "last");
  },
});

Deno.test({
  name: "a write to a peer that is gone rejects with the error of the system",
  ignore,
  async fn() {
    using pair = await connected();
    pair.peer.close();
    assertEquals(await pair.socket.read(new Uint8Array(1)), null);
    // The first write is answered with a reset.
    pair.socket.attempt(bytesOf("a"));
    let failure: unknown;
    for (let attempts = 0; failure === undefined && attempts < 100; attempts++) {
      await pair.socket.write(bytesOf("b")).catch((error) => failure = error);
    }
    assert(failure instanceof Deno.errors.BrokenPipe || failure instanceof Deno.errors.ConnectionReset);
    assertEquals(pair.socket.attempt(bytesOf("c")), 0);
  },
});

Deno.test({
  name: "a closed socket sends nothing, although another person has the number of its descriptor",
  ignore,
  async fn() {
    const before = await twenty();
    for (const pair of before) pair[Symbol.dispose]();
    const after = await twenty();
    assert(after.every(({ socket }) => socket.isDirect));
    for (const { socket } of before) assertEquals(socket.attempt(bytesOf("not yours")), 0);
    for (const [at, { socket }] of after.entries()) {
      assertEquals(socket.attempt(bytesOf(`for ${at + 10}`)), 6);
    }
    const received = await Promise.all(after.map(({ peer }) => readBytes(peer, 6)));
    assertEquals(received.map(text), Array.from({ length: 20 }, (_, at) => `for ${at + 10}`));
    for (const pair of after) pair[Symbol.dispose]();
  },
});

Deno.test({
  name: "a socket whose peer left before it was accepted goes through Deno",
  ignore,
  async fn() {
    using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
    const { port } = listener.addr;
    const peer = await Deno.connect({ hostname: "127.0.0.1", port });
    peer.close();
    const socket = new DirectSocket(await listener.accept());
    await socket.write(bytesOf("anybody?")).catch(() => {});
    socket.close();
    assertEquals(socket.attempt(bytesOf("anybody?")), 0);
  },
});

Deno.test({
  name: "without the permission for FFI each write goes through Deno, and nobody is asked",
  ignore: ignore || !granted("run"),
  async fn() {
    const script = `
      import { DirectSocket } from ${JSON.stringify(import.meta.resolve("../../lib/net/direct_socket.ts"))};
      const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
      const peer = await Deno.connect({ hostname: "127.0.0.1", port: listener.addr.port });
      const socket = new DirectSocket(await listener.accept());
      const sent = [socket.attempt(new Uint8Array(5)), await socket.write(new Uint8Array(5))];
      console.log(socket.isDirect, ...sent, await peer.read(new Uint8Array(9)));
      Deno.exit();
    `;
    const command = new Deno.Command(Deno.execPath(), {
      args: ["run", "--no-check", "--no-prompt", "--allow-net=127.0.0.1", "-"],
      cwd: new URL("../..", import.meta.url),
      stdin: "piped",
      stdout: "piped",
      stderr: "inherit",
    });
    const child = command.spawn();
    const writer = child.stdin.getWriter();
    await writer.write(bytesOf(script));
    await writer.close();
    const { stdout } = await child.output();
    assertEquals(text(stdout).trim(), "false 0 5 5");
  },
});
