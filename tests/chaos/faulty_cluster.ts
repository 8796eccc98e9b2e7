/**
 * Machines of one chat on a real nats-server, each with the parts that can break: a link to NATS, a disk, a wall clock
 * and a process. It breaks nothing by itself: see faults.ts.
 */
import { Nats } from "../support/cluster.ts";
import { FakeClock } from "../support/fake_clock.ts";
import { FreezingProxy } from "../support/freezing_proxy.ts";
import { findProgram } from "../support/programs.ts";
import { freePort, type RunningServer, startServer } from "../support/server.ts";
import { canMount, MountedDisk } from "../support/mounted_disk.ts";

const diskSize = "192m";
/** People of a machine that had a fault can be thrown out until this long after its end, while NATS works. */
const graceMs = 10_000;
/** The exit code of a server that could not save everything. */
const notSaved = 74;
const startAgainMs = 60_000;

/** The kinds of faults that this system can make. */
export interface Means {
  readonly disk: boolean;
  readonly clock: boolean;
  readonly descriptors: boolean;
}

/** The faults that are possible here: a small disk needs root, a clock libfaketime, descriptors prlimit. */
export function availableMeans(): Means {
  return {
    disk: canMount(),
    clock: FakeClock.isAvailable(),
    descriptors: findProgram("prlimit") !== undefined,
  };
}

/** A server, and what it depends on. */
export class Machine implements AsyncDisposable {
  readonly name: string;
  readonly ports: { readonly irc: number; readonly tls: number; readonly web: number };
  readonly link: FreezingProxy;
  readonly disk: MountedDisk | undefined;
  readonly folder: string;
  /** Faults that this machine had without being asked to: it ended, or did not start. */
  readonly complaints: string[] = [];
  /** Starts that failed while something was broken, with the sentence. */
  readonly failedStarts: string[] = [];
  server: RunningServer | undefined;
  readonly #clock: FakeClock | undefined;
  readonly #earlier: RunningServer[] = [];
  #own = 0;
  #excusedUntil = 0;

  private constructor(name: string, link: FreezingProxy, place: string, disk: MountedDisk | undefined) {
    this.name = name;
    this.link = link;
    this.disk = disk;
    this.folder = `${disk?.folder ?? place}/data-${name}`;
    this.ports = { irc: freePort(), tls: freePort(), web: freePort() };
    this.#clock = FakeClock.isAvailable() ? new FakeClock(`${place}/clock-${name}`) : undefined;
  }

  static async make(name: string, natsPort: number, place: string): Promise<Machine> {
    const disk = canMount() ? await MountedDisk.mount(`${place}/disk-${name}`, diskSize) : undefined;
    const machine = new Machine(name, new FreezingProxy(natsPort), place, disk);
    return machine;
  }

  /** Starts it, again and again while something is broken that it needs. */
  async start(): Promise<void> {
    const fromMs = performance.now();
    for (;;) {
      try {
        this.server = await startServer(this.#flags(), this.#clock?.env);
        break;
      } catch (error) {
        const words = error instanceof Error ? error.message : String(error);
        this.failedStarts.push(words);
        if (performance.now() - fromMs > startAgainMs) return void this.complaints.push(words);
        await new Promise((resolve) => setTimeout(resolve, 500));
      }
    }
    const { server } = this;
    server.ended.then(({ code, signal }) => {
      if (this.server !== server) return;
      this.complaints.push(`It ended by itself, with ${signal ?? code}`);
      return this.#startAfterItsEnd();
    });
  }

  /** As a service manager does, so that the run goes on. */
  async #startAfterItsEnd(): Promise<void> {
    const isOver = this.excuse();
    await this.end("kill");
    await this.start();
    isOver();
  }

  /** Stops it, as a service manager does; while its disk is full it can end with 74, as something is not saved. */
  async stop({ isFull = false } = {}): Promise<void> {
    const status = await this.end("stop");
    if (status === undefined || status.code === 0 || (isFull && status.code === notSaved)) return;
    this.complaints.push(`It stopped with ${status.signal ?? status.code}`);
  }

  /** Ends it; the server of before stays readable. */
  async end(how: "stop" | "kill"): Promise<Deno.CommandStatus | undefined> {
    const { server } = this;
    this.server = undefined;
    if (server === undefined) return undefined;
    this.#earlier.push(server);
    const status = await server[how]();
    if (this.#clock !== undefined) removeLeftovers(server.pid);
    return status;
  }

  /** The logs of all its runs. */
  log(): string {
    return [...this.#earlier, ...this.server === undefined ? [] : [this.server]]
      .map((server) => server.stderr()).join("\n--- started again\n");
  }

  /** Sets the wall clock of its process this many seconds ahead, or behind. */
  setClock(seconds: number): void {
    this.#clock?.set(seconds * 1000);
  }

  /** From now on its people can be thrown out, until some time after the returned function was called. */
  excuse(): () => void {
    this.#own++;
    return () => {
      this.#own--;
      this.#excusedUntil = performance.now() + graceMs;
    };
  }

  /** NATS did not work for so long until now: meanwhile this machine could not read that its people were thrown out. */
  lengthenExcuse(outageMs: number): void {
    if (performance.now() - outageMs < this.#excusedUntil) this.#excusedUntil += outageMs;
  }

  /** Whether closing a session is the effect of a fault of this machine. */
  get isExcused(): boolean {
    return this.#own > 0 || performance.now() < this.#excusedUntil;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.end("kill");
    await this.link[Symbol.asyncDispose]();
    await this.disk?.[Symbol.asyncDispose]();
  }

  #flags(): string[] {
    const { irc, tls, web } = this.ports;
    return [
      ...["--port", `${irc}`, "--tls-port", `${tls}`, "--web-port", `${web}`, "--data", this.folder],
      ...["--nats", this.link.url, "--machine", this.name],
      ...["--flood", "0", "--ping-after", "10s", "--history-page", "1000", "--password-rounds", "4096"],
      ...["--accounts-per-address", "100000", "--login-tries", "100000"],
    ];
  }
}

/** The machines and their NATS. */
export class FaultyCluster implements AsyncDisposable {
  readonly nats: Nats;
  readonly machines: readonly Machine[];

  private constructor(nats: Nats, machines: readonly Machine[]) {
    this.nats = nats;
    this.machines = machines;
  }

  /** One machine for each name, all of them started; `place` is a folder for their data. */
  static async start(place: string, ...names: string[]): Promise<FaultyCluster> {
    const nats = await Nats.start();
    const machines: Machine[] = [];
    for (const name of names) machines.push(await Machine.make(name, nats.port, place));
    const cluster = new FaultyCluster(nats, machines);
    for (const machine of machines) {
      await machine.start();
      if (machine.server !== undefined) continue;
      await cluster[Symbol.asyncDispose]();
      throw new Error(machine.complaints.join("\n"));
    }
    return cluster;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const machine of this.machines) await machine[Symbol.asyncDispose]();
    await this.nats[Symbol.asyncDispose]();
  }
}

/** Deletes what libfaketime leaves in shared memory when its process is killed. */
function removeLeftovers(pid: number): void {
  for (const name of [`faketime_shm_${pid}`, `sem.faketime_sem_${pid}`]) {
    if (isFile(`/dev/shm/${name}`)) Deno.removeSync(`/dev/shm/${name}`);
  }
}

function isFile(path: string): boolean {
  try {
    return Deno.statSync(path).isFile;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}
