/** Servers side by side, each with a crowd of its own: only one is under load at a time, the others are idle. */

import { Crowd } from "./crowd.ts";
import { type Server, type ServerName, startServer } from "./servers.ts";

export interface ServerWithCrowd {
  readonly server: Server;
  readonly crowd: Crowd;
}

export class SideBySide implements AsyncDisposable {
  readonly pairs: readonly ServerWithCrowd[];

  constructor(pairs: readonly ServerWithCrowd[]) {
    this.pairs = pairs;
  }

  /** Starts each of `names` anew and fills its channel with `count` clients. */
  static async open(names: readonly ServerName[], count: number): Promise<SideBySide> {
    const pairs: ServerWithCrowd[] = [];
    for (const name of names) {
      const server = await startServer(name);
      pairs.push({ server, crowd: await Crowd.gather(server, { count }) });
    }
    return new SideBySide(pairs);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const { server, crowd } of this.pairs) {
      await server.stop();
      crowd[Symbol.dispose]();
    }
  }
}
