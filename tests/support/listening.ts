/**
 * A listener on a free port of this machine and raw sockets to it; all of it is closed at the end. For tests of net.
 */

import { closeQuietly } from "../../lib/net/close_quietly.ts";
import type { ServerConnection } from "../../lib/net/connection.ts";
import { listen, type Listener, type ListenOptions } from "../../lib/net/listen.ts";
import { Flusher } from "../../lib/net/send_queue.ts";
import type { StreamOptions } from "../../lib/net/stream.ts";
import type { Line } from "../../lib/irc/lines.ts";

/** The options of a test. */
export interface ListeningOptions extends Partial<Omit<ListenOptions, "stream">> {
  readonly stream?: Partial<StreamOptions>;
}

/** A running listener. */
export interface Listening extends Disposable {
  readonly listener: Listener;
  readonly flusher: Flusher;
  /** A raw socket, connected; not necessarily accepted. */
  connect(hostname?: string): Promise<Deno.TcpConn>;
  /** Both ends of a new connection. */
  pair(hostname?: string): Promise<[peer: Deno.TcpConn, connection: ServerConnection]>;
}

/** Starts one; lines have the usual limits of 4096 bytes of tags and of body. */
export function startListening({ stream, ...options }: ListeningOptions = {}): Listening {
  const flusher = new Flusher();
  const opened: Disposable[] = [];
  const accepted: ServerConnection[] = [];
  let arrived = Promise.withResolvers<void>();
  const listener = listen({
    hostname: "127.0.0.1",
    port: 0,
    onConnection(connection) {
      accepted.push(connection);
      arrived.resolve();
      opened.push({ [Symbol.dispose]: () => connection.abort() });
    },
    ...options,
    stream: { flusher, limits: { tagBytes: 4096, bodyBytes: 4096 }, ...stream },
  });
  const connect = async (hostname = listener.hostname) => {
    const socket = await Deno.connect({ hostname, port: listener.port });
    opened.push({ [Symbol.dispose]: () => closeQuietly(socket) });
    return socket;
  };
  return {
    listener,
    flusher,
    connect,
    async pair(hostname) {
      arrived = Promise.withResolvers();
      const socket = await connect(hostname);
      await arrived.promise;
      const connection = accepted.at(-1);
      if (connection === undefined) throw new Error("Nobody was accepted");
      return [socket, connection];
    },
    [Symbol.dispose]() {
      listener.close();
      for (const one of opened) one[Symbol.dispose]();
    },
  };
}

/** All lines until the connection is over. */
export async function allLines(connection: ServerConnection): Promise<Line[]> {
  const all: Line[] = [];
  for await (const lines of connection.lines()) all.push(...lines);
  return all;
}

/** The lines of the next read that has any. */
export async function nextLines(connection: ServerConnection): Promise<Line[]> {
  for await (const lines of connection.lines()) return lines;
  return [];
}

/** All text until the other end closes the connection. */
export async function readAll(socket: Deno.Conn): Promise<string> {
  const decoder = new TextDecoder();
  const buffer = new Uint8Array(65_536);
  let text = "";
  for (let count = await socket.read(buffer); count !== null; count = await socket.read(buffer)) {
    text += decoder.decode(buffer.subarray(0, count), { stream: true });
  }
  return text;
}

/** The next `count` bytes; fewer if the other end closes the connection before. */
export async function readBytes(socket: Deno.Conn, count: number): Promise<Uint8Array> {
  const bytes = new Uint8Array(count);
  for (let filled = 0; filled < count;) {
    const read = await socket.read(bytes.subarray(filled));
    if (read === null) return bytes.subarray(0, filled);
    filled += read;
  }
  return bytes;
}

/** Sends all of `text`. */
export async function sendText(socket: Deno.Conn, text: string): Promise<void> {
  const bytes = new TextEncoder().encode(text);
  for (let sent = 0; sent < bytes.length;) sent += await socket.write(bytes.subarray(sent));
}
