/**
 * N clients of one server, all in one channel and at rest. Every second client has server-time and message-tags
 * where the server offers them; the relay's clients are only connected.
 */

import { openFrames } from "./frame_socket.ts";
import { LoadClient } from "./load_client.ts";
import { certificate, type Kind, type Server } from "./servers.ts";

export const channel = "#tea";

/** Connections that wait at a time: the listen queue of ngIRCd holds 10, and a dropped connection waits a second. */
export const acceptWidth = 8;
/** Clients that register at a time: InspIRCd accepts them only once a second. */
const registerWidth = 1000;
/** Clients that join at a time: each JOIN goes to all members, and ngIRCd queues at most 32 KiB for a client. */
export const joinWidth = 50;

export interface CrowdOptions {
  readonly count: number;
  /** @default {"plain"} */
  readonly kind?: Kind;
  /** False leaves them registered, in no channel. @default {true} */
  readonly join?: boolean;
}

export class Crowd implements Disposable {
  readonly peers: readonly LoadClient[];

  constructor(peers: readonly LoadClient[]) {
    this.peers = peers;
  }

  /** Returns when every client has received all messages of the time in which the others joined. */
  static async gather(server: Server, { count, kind = "plain", join = true }: CrowdOptions): Promise<Crowd> {
    const places = Array.from({ length: count });
    const peers: LoadClient[] = [];
    try {
      await inGroups(places, acceptWidth, async () => void peers.push(await enter(server, kind)));
      if (server.speaksIrc) {
        await inGroups(peers, registerWidth, register);
        if (join) await inGroups(peers, joinWidth, (peer) => peer.ask(`JOIN ${channel}`, " 366 "));
        await inGroups(peers, registerWidth, (peer) => peer.ask("PING settled", "settled"));
      }
      return new Crowd(peers);
    } catch (error) {
      for (const peer of peers) peer.close();
      throw error;
    }
  }

  /** Deliveries to all of them so far. */
  get delivered(): number {
    return this.peers.reduce((sum, peer) => sum + peer.delivered, 0);
  }

  /** Whether the server has closed none of the connections. */
  get isWhole(): boolean {
    return !this.peers.some(({ ended }) => ended);
  }

  /** A sentence that says why the crowd is not whole. */
  get lossSentence(): string {
    const lost = this.peers.filter(({ ended }) => ended);
    const [reason] = lost.flatMap(({ failure }) => failure ?? []);
    return `${lost.length} of ${this.peers.length} connections ended${
      reason === undefined ? "" : `: ${reason}`
    }`;
  }

  [Symbol.dispose](): void {
    for (const peer of this.peers) peer.close();
  }
}

/** Equally long for each client, so that all lines of one kind are equally long. At most 9 bytes, for ngIRCd. */
export function nickOf(index: number): string {
  return `ann${String(index).padStart(5, "0")}`;
}

async function inGroups<T, R>(
  items: readonly T[],
  width: number,
  run: (item: T, index: number) => Promise<R>,
): Promise<R[]> {
  const results: R[] = [];
  for (let first = 0; first < items.length; first += width) {
    const group = items.slice(first, first + width);
    // All end before an error is thrown, so that nothing is opened later.
    const ended = await Promise.allSettled(group.map((item, i) => run(item, first + i)));
    for (const one of ended) if (one.status === "rejected") throw one.reason;
    results.push(...ended.flatMap((one) => one.status === "fulfilled" ? [one.value] : []));
  }
  return results;
}

async function enter({ ports, speaksIrc }: Server, kind: Kind): Promise<LoadClient> {
  const port = ports[kind];
  const socket = kind === "websocket" ? await openFrames(port) : await connect(port, kind);
  return speaksIrc ? LoadClient.over(socket, "CAP LS 302", " LS ") : LoadClient.over(socket, "", "welcome");
}

async function connect(port: number, kind: Kind): Promise<Deno.Conn> {
  const hostname = "127.0.0.1";
  const socket = await Deno.connect({ hostname, port });
  socket.setNoDelay(true);
  if (kind === "plain") return socket;
  return await Deno.startTls(socket, { hostname, caCerts: [(await certificate()).cert] });
}

function register(peer: LoadClient, index: number): Promise<void> {
  const wish = index % 2 === 1 ? "CAP REQ :server-time message-tags\r\n" : "";
  return peer.ask(`${wish}NICK ${nickOf(index)}\r\nUSER ann 0 * :Ann\r\nCAP END`, " 376 ", " 422 ");
}
