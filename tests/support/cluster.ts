/**
 * A real nats-server and servers of one chat on it, each on free ports. It ends the processes that it started. Machines
 * keep their data in memory unless a test names a folder.
 */
import { withDeadline } from "./deadline.ts";
import { Peer } from "./peer.ts";
import { hasProgram } from "./programs.ts";
import { type RunningServer, type ServerPlace, startServer } from "./server.ts";

const natsStartMs = 10_000;

/** How a nats-server is started. */
export interface NatsSetup {
  /** More lines of its configuration. @default {""} */
  readonly config?: string;
  /** The block "jetstream"; DIR stands for the folder. @default {jetstream { store_dir: "DIR" }} */
  readonly jetStream?: string;
  /** The folder of its data, which the test deletes itself. @default {a folder of its own} */
  readonly folder?: string;
  /** The address on which it listens. @default {"127.0.0.1"} */
  readonly host?: string;
}

/** A nats-server with JetStream; its folder is deleted with it. */
export class Nats implements AsyncDisposable {
  readonly port: number;
  readonly #setup: NatsSetup;
  readonly #folder: string;
  #child: Deno.ChildProcess;

  private constructor(port: number, folder: string, setup: NatsSetup) {
    this.port = port;
    this.#folder = folder;
    this.#setup = setup;
    this.#child = this.#spawn();
  }

  static async start(setup: NatsSetup = {}): Promise<Nats> {
    const listener = Deno.listen({ hostname: setup.host ?? "127.0.0.1", port: 0 });
    const { port } = listener.addr as Deno.NetAddr;
    listener.close();
    const nats = new Nats(port, await Deno.makeTempDir(), setup);
    await nats.#ready();
    return nats;
  }

  get url(): string {
    return `nats://${this.#host}:${this.port}`;
  }

  get #host(): string {
    return this.#setup.host ?? "127.0.0.1";
  }

  /** SIGKILL: messages that it has not delivered yet are lost. */
  async kill(): Promise<void> {
    this.#child.kill("SIGKILL");
    await this.#child.status;
  }

  /** SIGSTOP: it accepts connections and says nothing. */
  pause(): void {
    this.#child.kill("SIGSTOP");
  }

  /** SIGCONT. */
  resume(): void {
    this.#child.kill("SIGCONT");
  }

  /** Starts it again, with the same data or without any, and with other lines of its configuration if given. */
  async again({ isEmpty = false, config = this.#setup.config ?? "" } = {}): Promise<void> {
    if (isEmpty) await Deno.remove(`${this.#folder}/jetstream`, { recursive: true });
    this.#child = this.#spawn(config);
    await this.#ready();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.kill().catch((error) => {
      if (!(error instanceof TypeError)) throw error;
    });
    await Deno.remove(this.#folder, { recursive: true });
  }

  #spawn(config = this.#setup.config ?? ""): Deno.ChildProcess {
    const { jetStream = 'jetstream { store_dir: "DIR" }', folder = this.#folder } = this.#setup;
    const path = `${this.#folder}/nats.conf`;
    const lines = [`host: ${this.#host}, port: ${this.port}`, jetStream.replaceAll("DIR", folder), config];
    Deno.writeTextFileSync(path, lines.join("\n"));
    return new Deno.Command("nats-server", {
      args: ["-c", path],
      stdin: "null",
      stdout: "null",
      stderr: "null",
    })
      .spawn();
  }

  async #ready(): Promise<void> {
    const tryOnce = async (): Promise<void> => {
      try {
        (await Deno.connect({ hostname: this.#host, port: this.port })).close();
      } catch (error) {
        if (!(error instanceof Deno.errors.ConnectionRefused)) throw error;
        await new Promise((resolve) => setTimeout(resolve, 20));
        return tryOnce();
      }
    };
    await withDeadline(tryOnce(), natsStartMs, () => "nats-server did not start");
  }
}

/** Servers of one chat. */
export class Cluster implements AsyncDisposable {
  readonly nats: Nats;
  readonly servers: RunningServer[] = [];
  readonly #peers: Peer[] = [];

  private constructor(nats: Nats) {
    this.nats = nats;
  }

  /** No server yet, on a nats-server of this setup. */
  static async on(setup: NatsSetup): Promise<Cluster> {
    return new Cluster(await Nats.start(setup));
  }

  /** One server for each name. */
  static async start(...machines: string[]): Promise<Cluster> {
    const cluster = new Cluster(await Nats.start());
    try {
      for (const machine of machines) await cluster.add(machine);
    } catch (error) {
      await cluster[Symbol.asyncDispose]();
      throw error;
    }
    return cluster;
  }

  /** Without servers, on a NATS that listens on this address. */
  static async startOn(host: string): Promise<Cluster> {
    return new Cluster(await Nats.start({ host }));
  }

  /** Adds a server. */
  async add(
    machine: string,
    flags: readonly string[] = [],
    { env = {}, ...place }: ServerPlace & { readonly env?: Readonly<Record<string, string>> } = {},
  ): Promise<RunningServer> {
    const standard = ["--nats", this.nats.url, "--machine", machine, "--lease", "2s", "--tls", "off"];
    const server = await startServer(
      [...standard, "--web", "off", "--history-page", "1000", ...flags],
      env,
      place,
    );
    this.servers.push(server);
    return server;
  }

  /** A peer on one of the servers, with echo-message, message ids and times. */
  async peer(server: RunningServer | number, nick: string): Promise<Peer> {
    const { port, hostname } = typeof server === "number" ? this.#server(server) : server;
    const caps = ["batch", "message-tags", "server-time", "echo-message", "draft/chathistory"];
    const peer = await Peer.connect(port, nick, {
      caps: [...caps, "standard-replies"],
      hostname,
    });
    this.#peers.push(peer);
    return peer;
  }

  /** A connection that has sent nothing yet. */
  async raw(port: number): Promise<Peer> {
    const peer = await Peer.connect(port, "nobody", { register: false });
    this.#peers.push(peer);
    return peer;
  }

  /** One peer on each server, all in the channel, which have read all lines so far. */
  async join(channel: string, ...nicks: string[]): Promise<Peer[]> {
    const peers: Peer[] = [];
    for (const [at, nick] of nicks.entries()) {
      const peer = await this.peer(at, nick);
      await peer.join(channel);
      peers.push(peer);
    }
    await Promise.all(peers.map((peer) => settled(peer, channel, nicks.length)));
    return peers;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const peer of this.#peers) await peer[Symbol.asyncDispose]();
    await Promise.all(this.servers.map((server) => server[Symbol.asyncDispose]()));
    await this.nats[Symbol.asyncDispose]();
    const bugs = this.servers.map((server) => server.stderr()).filter((text) => text.includes("Bug"));
    if (bugs.length > 0) throw new Error(`A server logged a bug:\n${bugs.join("\n")}`);
  }

  #server(at: number): RunningServer {
    const server = this.servers[at];
    if (server === undefined) throw new RangeError(`There is no server ${at}`);
    return server;
  }
}

/** Registers a test that gets a cluster of these machines, which is closed after it; ignored without nats-server. */
export function clusterStory(
  name: string,
  machines: readonly string[],
  act: (cluster: Cluster) => Promise<void>,
): void {
  Deno.test({
    name,
    ignore: !hasProgram("nats-server"),
    async fn() {
      await using cluster = await Cluster.start(...machines);
      await act(cluster);
    },
  });
}

/** Reads until the peer's machine has `count` members in the channel. */
async function settled(peer: Peer, channel: string, count: number): Promise<void> {
  for (let present = 0; present < count;) {
    peer.send(`NAMES ${channel}`);
    const names = (await peer.until(/ 366 /)).filter((line) => line.includes(" 353 "));
    present = names.flatMap((line) => line.split(" :").at(-1)?.split(" ") ?? []).length;
  }
  await peer.lines();
}

/** The messages of a channel's history as a peer sees it: id, sender and text of each, oldest first. */
export async function history(peer: Peer, channel: string): Promise<string[]> {
  peer.send(`CHATHISTORY LATEST ${channel} * 1000`);
  const lines: string[] = [];
  const first = await peer.until(/BATCH -/);
  for (const line of first) {
    const [, id, rest] = /^@.*msgid=(\w+).*? (:\S+ PRIVMSG .*)$/.exec(line) ?? [];
    if (line.startsWith("@") && line.includes("batch=") && id !== undefined) lines.push(`${id} ${rest}`);
  }
  return lines;
}
