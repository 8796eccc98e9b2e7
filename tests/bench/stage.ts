/** Servers side by side, each with a crowd of its own: only one is under load at a time, the others rest. */

import { Crowd } from "./crowd.ts";
import { type Server, type ServerName, startServer } from "./servers.ts";

export interface Act {
  readonly server: Server;
  readonly crowd: Crowd;
}

export class Stage implements AsyncDisposable {
  readonly acts: readonly Act[];

  constructor(acts: readonly Act[]) {
    this.acts = acts;
  }

  /** Starts each of `names` anew and fills its channel with `count` clients. */
  static async open(names: readonly ServerName[], count: number): Promise<Stage> {
    const acts: Act[] = [];
    for (const name of names) {
      const server = await startServer(name);
      acts.push({ server, crowd: await Crowd.gather(server, { count }) });
    }
    return new Stage(acts);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const { server, crowd } of this.acts) {
      await server.stop();
      crowd[Symbol.dispose]();
    }
  }
}
