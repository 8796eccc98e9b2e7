/** Servers side by side, each with clients of its own: only one is under load at a time, the others are idle. */

import { type Server, type ServerName, startServer } from "./servers.ts";

export interface ServerWithClients<C> {
  readonly server: Server;
  readonly clients: C;
}

/** Called for a server that cannot be measured. */
export type OnFailure = (server: ServerName, error: unknown) => void;

/** Connects the clients of one server. */
export type Gather<C> = (server: Server) => Promise<C>;

export class SideBySide<C extends Disposable | AsyncDisposable> implements AsyncDisposable {
  #pairs: readonly ServerWithClients<C>[] = [];

  /** Starts each of `names` anew and connects its clients. */
  static async open<C extends Disposable | AsyncDisposable>(
    names: readonly ServerName[],
    gather: Gather<C>,
    onFailure: OnFailure,
  ): Promise<SideBySide<C>> {
    const opened = new SideBySide<C>();
    for (const name of names) await opened.#add(name, gather, onFailure);
    return opened;
  }

  /** A server that fails is stopped, and the others are measured without it. */
  async #add(name: ServerName, gather: Gather<C>, onFailure: OnFailure): Promise<void> {
    let server: Server | undefined;
    try {
      server = await startServer(name);
      this.#pairs = [...this.#pairs, { server, clients: await gather(server) }];
    } catch (error) {
      await server?.stop();
      onFailure(name, error);
    }
  }

  /** Stops measuring a server that failed under load. */
  async drop({ server, clients }: ServerWithClients<C>): Promise<void> {
    this.#pairs = this.#pairs.filter((pair) => pair.server !== server);
    if (Symbol.asyncDispose in clients) await clients[Symbol.asyncDispose]();
    else clients[Symbol.dispose]();
    await server.stop();
  }

  get pairs(): readonly ServerWithClients<C>[] {
    return this.#pairs;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const pair of this.#pairs) await this.drop(pair);
  }
}

/** The part of SideBySide that inRounds() needs. */
export type Rivals<C> = {
  readonly pairs: readonly ServerWithClients<C>[];
  drop(pair: ServerWithClients<C>): Promise<void>;
};

/**
 * Measures each server in turn, round after round, because machines are noisy. A server that fails is dropped; the
 * rounds that it has stay.
 */
export async function inRounds<C, F>(
  rivals: Rivals<C>,
  rounds: number,
  measure: (pair: ServerWithClients<C>) => Promise<F>,
  onFailure: OnFailure,
): Promise<Map<ServerName, F[]>> {
  const found = new Map<ServerName, F[]>();
  for (let round = 0; round < rounds; round++) {
    for (const pair of rivals.pairs) {
      const { name } = pair.server;
      try {
        found.set(name, [...found.get(name) ?? [], await measure(pair)]);
      } catch (error) {
        onFailure(name, error);
        await rivals.drop(pair);
      }
    }
  }
  return found;
}
