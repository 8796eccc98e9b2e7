/** Servers side by side, each with a crowd of its own: only one is under load at a time, the others are idle. */

import { Crowd } from "./crowd.ts";
import { type Server, type ServerName, startServer } from "./servers.ts";

export interface ServerWithCrowd {
  readonly server: Server;
  readonly crowd: Crowd;
}

/** Called for a server that cannot be measured. */
export type OnFailure = (server: ServerName, error: unknown) => void;

export class SideBySide implements AsyncDisposable {
  #pairs: readonly ServerWithCrowd[];

  private constructor(pairs: readonly ServerWithCrowd[]) {
    this.#pairs = pairs;
  }

  /** Starts each of `names` anew and fills its channel with `count` clients. */
  static async open(
    names: readonly ServerName[],
    count: number,
    onFailure: OnFailure,
  ): Promise<SideBySide> {
    const opened = new SideBySide([]);
    for (const name of names) await opened.#add(name, count, onFailure);
    return opened;
  }

  /** A server that fails is stopped, and the others are measured without it. */
  async #add(name: ServerName, count: number, onFailure: OnFailure): Promise<void> {
    let server: Server | undefined;
    try {
      server = await startServer(name);
      this.#pairs = [...this.#pairs, { server, crowd: await Crowd.gather(server, { count }) }];
    } catch (error) {
      await server?.stop();
      onFailure(name, error);
    }
  }

  /** Stops measuring a server that failed under load. */
  async drop({ server, crowd }: ServerWithCrowd): Promise<void> {
    this.#pairs = this.#pairs.filter((pair) => pair.server !== server);
    crowd[Symbol.dispose]();
    await server.stop();
  }

  get pairs(): readonly ServerWithCrowd[] {
    return this.#pairs;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const pair of this.#pairs) await this.drop(pair);
  }
}
