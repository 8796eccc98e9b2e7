/**
 * The bus of many machines: one JetStream stream orders all events, and every machine applies the stream from its start
 * to its end. There is no other agreement: no netsplit, no second winner of a nick. An event's stamp follows from the
 * stream's own time, so it is the same everywhere. NATS does the consensus; this file writes none.
 *
 * commit() publishes under an id that NATS takes once, and resolves when the event came back and was applied here.
 * Where the connection breaks, what was under way keeps its id: after reconnecting, the stream is read to its end, and
 * what was not in it is published again. New events are refused meanwhile, but those that must happen (somebody left)
 * wait. So an event is in the stream once or its asker is told.
 *
 * A machine that starts takes a snapshot from a peer and applies from the sequence it stands for; when nobody answers it
 * claims to be first, by an empty message that the stream takes only if nothing came in between, and applies from what
 * it kept (machine_store.ts). A machine that missed what the stream does not keep any more takes a snapshot again.
 *
 * Growth. Every machine applies every event, so the chat is as fast as its slowest machine and as the stream. Measured on
 * two cores that all of them and their testers shared (tests/bench/machines.ts): three machines and NATS put 10,000 to
 * 16,000 messages a second in order together, and a message took half a millisecond longer than on a server alone
 * (median 0.8 ms, p99 2 to 3). NATS alone takes some 28,000 a second. With M machines NATS
 * sends each event M times: 300 bytes × 10,000 events/s is 3 MB/s into each machine; NATS sends 30 MB/s at 10, 300 MB/s
 * at 100 (more than a network card of 1 Gbit/s: a cluster of NATS servers fans out), 3 GB/s at 1,000. The way on from
 * there is a stream for each hash of a channel's name, read by machines that have a member in it alone, and one for
 * people (arrivals, nicks, accounts), who are few: at 1,000 machines and 1 of 50 messages of interest to a machine that
 * is 60 KB/s each. What makes it possible is kept: an event names its channel, and stamps need to grow within a
 * conversation only. Not built, as one stream carries 300,000 people who each say something every 30 seconds.
 */
import { nextStamp } from "../../irc/stamp.ts";
import type { Apply, Bus, BusFigures } from "../hub/bus.ts";
import { NatsFiles } from "./nats_files.ts";
import { NatsLease } from "./nats_lease.ts";
import { NatsOutbox } from "./nats_outbox.ts";
import { NatsRequests } from "./nats_requests.ts";
import { NatsStream, prefix, type StreamMessage } from "./nats_stream.ts";
import type { Joined, NatsOptions, Position, Replica } from "./replica.ts";

/** How often it is looked after what does not come. */
const lookMs = 1000;
/** Who is behind and is given nothing for so long reads anew. */
const patienceMs = 2000;
/** Where nothing has come back for so long, nothing is taken in. */
const goneMs = 6000;
/** What waits longer than this may be in the stream under an id that is forgotten soon; NATS keeps them two minutes. */
const staleMs = 60_000;
/** So many looks in a row may fail. */
const maxMisses = 2;
const retryMs = 200;
/** How long who lost the claim to be first waits for the one who won. */
const founderMs = 5000;
/** More under way than this are refused. */
const maxWaiting = 20_000;

/** See the head of this file. */
export class NatsBus<E> implements Bus<E> {
  readonly #options: NatsOptions<E>;
  readonly #stream: NatsStream;
  readonly #peers: NatsRequests;
  readonly #files: NatsFiles;
  readonly #outbox: NatsOutbox<E>;
  readonly #timers = new Set<ReturnType<typeof setTimeout>>();
  #apply: Apply<E> = () => {};
  #replica: Replica<E> | undefined;
  #lease: NatsLease | undefined;
  #sequence = 0;
  #last = 0;
  #known = 0;
  #made = "";
  #catching: PromiseWithResolvers<void> | undefined;
  #looks: ReturnType<typeof setInterval> | undefined;
  #up = true;
  #closed = false;
  #recovering = false;
  /** Events were missed, and no snapshot is taken in their place yet. */
  #hasMissed = false;
  /** What was said last of why it cannot be read. */
  #fault = "";
  #looking = false;
  #misses = 0;
  /** When the stream last gave something, or began to be read. */
  #heardMs = 0;
  #count = 0;
  #reconnects = 0;

  /** Takes over the stream; connect() makes both. */
  constructor(options: NatsOptions<E>, stream: NatsStream) {
    this.#options = options;
    this.#stream = stream;
    this.#peers = new NatsRequests(stream.connection, prefix, options.machine);
    this.#outbox = new NatsOutbox({ stream, refusal: options.refusal, log: options.log });
    this.#files = new NatsFiles(stream.connection, () => this.#up);
  }

  /** Connects and makes the stream if there is none. Throws when NATS or its JetStream is not there. */
  static async connect<E>(options: NatsOptions<E>): Promise<NatsBus<E>> {
    return new NatsBus(options, await NatsStream.open(options.url, `parley ${options.machine}`));
  }

  get machine(): string {
    return this.#options.machine;
  }

  get figures(): BusFigures {
    return {
      isUp: this.#up,
      lag: Math.max(0, this.#known - this.#sequence),
      inFlight: this.#outbox.size,
      reconnects: this.#reconnects,
    };
  }

  subscribe(apply: Apply<E>): void {
    this.#apply = apply;
  }

  commit(event: E, by: string): Promise<void> {
    return this.commitAs(`${this.machine}${(++this.#count).toString(36)}`, event, by);
  }

  /** The same under an id of one's own: whoever commits under it, it happens once (within two minutes). */
  commitAs(id: string, event: E, by: string): Promise<void> {
    const { refusal, mustHappen } = this.#options;
    const isRoom = this.#up && this.#outbox.size < maxWaiting;
    if (this.#closed || (!isRoom && !mustHappen(event))) {
      return Promise.reject(refusal(event));
    }
    return this.#outbox.add(id, event, by, { atOnce: this.#up });
  }

  /**
   * A peer's snapshot, or undefined when this machine is the first one. To be called before start(). `own` is the stream
   * this machine's store is of: who has none of what there is waits for others, who may be cut off just now.
   */
  async join(own: string): Promise<Joined | undefined> {
    let foundingFrom: number | undefined;
    for (;;) {
      // Asked before anybody is greeted: a claim made meanwhile makes ours fail.
      const { stream, last } = await this.#stream.ends();
      this.#made = stream;
      foundingFrom ??= this.#foundingFrom(last === 0 || stream === own);
      const greeting = await this.#peers.greet();
      if (greeting.kind === "ready") {
        const joined = await this.#take(greeting.machine);
        if (joined !== undefined) return joined;
      } else if (greeting.kind === "nobody" && performance.now() >= foundingFrom) {
        this.#peers.announce();
        try {
          if (await this.#stream.claim(last)) return undefined;
        } catch (error) {
          this.#peers.withdraw();
          throw error;
        }
        this.#peers.withdraw();
        foundingFrom = performance.now() + founderMs;
      }
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }

  /** Applies the stream from this position on, and resolves when this machine has applied all there was. */
  async start(position: Position, replica: Replica<E>): Promise<void> {
    const isFirst = this.#replica === undefined;
    const { stream, first, last } = await this.#stream.ends();
    this.#replica = replica;
    this.#sequence = position.sequence;
    this.#last = position.last;
    this.#made = stream;
    if (this.#sequence > last || position.stream !== stream) {
      if (this.#sequence > 0) {
        this.#options.log("error", "The stream is another one than before; starting at its beginning");
      }
      this.#sequence = 0;
    }
    if (this.#sequence > 0 && this.#sequence < first - 1) {
      this.#options.log("error", "Away for longer than NATS remembers; what was said meanwhile is not here");
    }
    this.#sequence = Math.max(this.#sequence, first - 1);
    this.#known = last;
    this.#hasMissed = false;
    if (isFirst) {
      void this.#watch();
      this.#looks = setInterval(() => void this.#look(), lookMs);
    }
    await this.#follow(last);
    this.#peers.serve((question) => this.#answer(question));
    if (!isFirst) return;
    this.#lease = new NatsLease({
      connection: this.#stream.connection,
      prefix,
      machine: this.machine,
      leaseMs: this.#options.leaseMs,
      expected: () => replica.machines(),
      onSilent: (machine) => this.#report(replica.silent(machine)),
      isUp: () => this.#up,
    });
  }

  /** Waits a little for what is under way, then ends. */
  async close(): Promise<void> {
    const deadline = performance.now() + 2000;
    while (this.#up && this.#outbox.size > 0 && performance.now() < deadline) {
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    this.#closed = true;
    this.#apply = () => {};
    this.#lease?.close();
    clearInterval(this.#looks);
    for (const timer of this.#timers) clearTimeout(timer);
    this.#peers.withdraw();
    this.#outbox.clear();
    await this.#stream.close();
  }

  #report({ id, event }: { id: string; event: E }): void {
    // It is said again until it has happened, so a failure is no matter.
    if (!this.#outbox.has(id)) this.commitAs(id, event, "").catch(() => {});
  }

  /** What people share, for all machines. */
  get files(): NatsFiles {
    return this.#files;
  }

  /** Where this machine is in the stream. */
  get position(): Position {
    return { sequence: this.#sequence, last: this.#last, stream: this.#made };
  }

  #foundingFrom(isOurs: boolean): number {
    if (isOurs) return 0;
    this.#options.log("info", "Waiting for the machines that have what was said on this NATS");
    return performance.now() + 2 * this.#options.leaseMs;
  }

  async #take(peer: string): Promise<Joined | undefined> {
    try {
      const { position, state } = await this.#peers.ask(peer, { kind: "snapshot" }) as Joined;
      return {
        position,
        state,
        page: (question) => this.#peers.ask(peer, { kind: "page", question }),
      };
    } catch (error) {
      this.#options.log("error", `Cannot take a snapshot: ${error instanceof Error ? error.message : error}`);
    }
  }

  #answer(question: unknown): unknown {
    const asked = question as { kind: "snapshot" } | { kind: "page"; question: unknown };
    if (asked.kind === "page") return this.#replica?.page(asked.question);
    const position = this.position;
    return { position, state: this.#replica?.snapshot() };
  }

  /**
   * A stream may be without a leader, and its reader end, while the connection stays (servers of a NATS cluster are
   * gone): who cannot see where the stream ends, or is given back nothing of its own, takes NATS for gone, and who is
   * behind and stays there reads anew.
   */
  async #look(): Promise<void> {
    if (this.#looking) return;
    this.#looking = true;
    const times = this.#reconnects;
    try {
      const { stream, last } = await this.#stream.ends();
      if (times !== this.#reconnects || (!this.#up && this.#catching === undefined)) return;
      // Another stream, or one that NATS may have forgotten the ids of: it is read before anything is published.
      const isNew = stream !== this.#made || this.#outbox.ageMs > staleMs;
      if (isNew && this.#up) return this.#resynchronise();
      if (isNew) return;
      if (this.#up) this.#outbox.ask((id, sequence) => this.#found(id, sequence));
      this.#known = Math.max(this.#known, last);
      const quietMs = performance.now() - this.#heardMs;
      if (Math.min(this.#outbox.ageMs, quietMs) > goneMs) throw new Error("nothing comes back");
      if (this.#known > this.#sequence && quietMs > patienceMs) await this.#read();
      this.#misses = 0;
    } catch {
      if (++this.#misses >= maxMisses && this.#up && times === this.#reconnects) this.#resynchronise();
    } finally {
      this.#looking = false;
    }
  }

  #found(id: string, sequence: number): void {
    this.#known = Math.max(this.#known, sequence);
    if (sequence <= this.#sequence) this.#outbox.settle(id);
  }

  /** Reads the stream on from where this machine is; resolves when everything up to `until` is applied. */
  async #follow(until: number): Promise<void> {
    this.#known = Math.max(this.#known, until);
    const catching = this.#catching = Promise.withResolvers<void>();
    catching.promise.catch(() => {});
    try {
      await this.#read();
      if (this.#sequence < until) await catching.promise;
    } finally {
      if (this.#catching === catching) this.#catching = undefined;
    }
  }

  #read(): Promise<void> {
    this.#heardMs = performance.now();
    return this.#stream.follow(this.#sequence, (message) => this.#receive(message));
  }

  #receive(message: StreamMessage): void {
    const { sequence } = message;
    if (sequence <= this.#sequence || this.#closed) return;
    if (sequence !== this.#sequence + 1) {
      this.#hasMissed = true;
      return this.#resynchronise();
    }
    this.#sequence = sequence;
    this.#heardMs = performance.now();
    this.#known = Math.max(this.#known, sequence);
    if (message.text !== "") this.#applyOne(message);
    if (sequence >= this.#known) this.#catching?.resolve();
  }

  #applyOne({ text, ms, id }: StreamMessage): void {
    const { event, by } = JSON.parse(text) as { event: E; by: string };
    this.#last = nextStamp(this.#last, ms);
    try {
      this.#apply(event, this.#last, by);
    } catch (error) {
      this.#options.log("error", `Bug in applying an event: ${error instanceof Error ? error.stack : error}`);
    }
    this.#replica?.applied(event, this.position);
    this.#outbox.settle(id);
  }

  async #watch(): Promise<void> {
    for await (const status of this.#stream.connection.status()) {
      if (status.type === "disconnect") {
        this.#catching?.reject(new Error("NATS is gone again"));
        this.#down();
      }
      if (status.type === "reconnect") void this.#recover();
    }
  }

  #down(): void {
    if (!this.#up || this.#closed) return;
    this.#up = false;
    this.#options.log("error", "NATS is gone; nothing can be said until it is back");
    this.#replica?.changed(false);
  }

  async #recover(): Promise<void> {
    if (this.#recovering) return;
    this.#recovering = true;
    try {
      const { stream, first, last } = await this.#stream.ends();
      this.#hasMissed ||= stream !== this.#made || last < this.#sequence || first > this.#sequence + 1;
      if (this.#hasMissed) {
        // Nobody is to start from what this machine has.
        this.#peers.withdraw();
        await this.#replica?.missed();
      } else await this.#follow(last);
      await this.#stream.touch();
      this.#goOn();
    } catch (error) {
      if (this.#closed) return;
      const fault = error instanceof Error ? error.message : String(error);
      if (fault !== this.#fault) this.#options.log("error", `Cannot read the stream: ${fault}`);
      this.#fault = fault;
      this.#later(() => void this.#recover());
    } finally {
      this.#recovering = false;
    }
  }

  #goOn(): void {
    if (this.#closed || this.#stream.connection.isClosed()) return;
    this.#reconnects++;
    this.#up = true;
    this.#fault = "";
    this.#outbox.publishAgain();
    this.#options.log("info", "NATS is back");
    this.#replica?.changed(true);
  }

  #resynchronise(): void {
    this.#stream.stop();
    this.#catching?.reject(new Error("the stream is read anew"));
    this.#down();
    void this.#recover();
  }

  #later(act: () => void): void {
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      act();
    }, retryMs);
    this.#timers.add(timer);
  }
}
