/**
 * The bus of many machines: one JetStream stream orders all events, and every machine applies the stream from its
 * start to its end. NATS does the consensus; this file writes none. README.md beside it is the guide: states,
 * joining, failures, limits. The legal changes of state are in bus_state.ts; this file acts on them.
 *
 * commit() publishes an event under an id that NATS accepts once, and resolves when the event came back and was
 * applied here. If the connection breaks before that, the event keeps its id: after reconnecting, the stream is read
 * to its end, and an event that is missing there is published again. So an event is in the stream once, or its
 * commit() rejects.
 */
import { errorText } from "../chat/error_text.ts";
import { deadlines } from "../../deadlines.ts";
import type { Apply, Bus, BusFigures } from "../hub/bus.ts";
import { type BusFault, endSentence, operatorSentence } from "./bus_fault.ts";
import { type BusEvent, type BusState, isUp, nextState } from "./bus_state.ts";
import { refusalIn } from "./nats_faults.ts";
import { NatsFiles } from "./nats_files.ts";
import { NatsHealthCheck } from "./nats_health_check.ts";
import { NatsHeartbeats } from "./nats_heartbeats.ts";
import { join } from "./nats_join.ts";
import { NatsOutbox } from "./nats_outbox.ts";
import { NatsReader } from "./nats_reader.ts";
import { NatsRequests } from "./nats_requests.ts";
import { NatsResync } from "./nats_resync.ts";
import { NatsStorage } from "./nats_storage.ts";
import { prefix } from "./nats_setup.ts";
import { NatsStream } from "./nats_stream.ts";
import type { Joined, NatsOptions, Position, Replica } from "./replica.ts";
import type { Silence } from "./silence_watch.ts";

/** The most events that are not applied here yet; more events are refused. */
const maxInFlight = 20_000;

/** See the head of this file. */
export class NatsBus<E> implements Bus<E> {
  readonly #options: NatsOptions<E>;
  readonly #stream: NatsStream;
  readonly #requests: NatsRequests;
  readonly #files: NatsFiles;
  readonly #outbox: NatsOutbox<E>;
  readonly #reader: NatsReader<E>;
  readonly #resync: NatsResync<E>;
  #state: BusState = "joining";
  #apply: Apply<E> = () => {};
  #replica: Replica<E> | undefined;
  #heartbeats: NatsHeartbeats | undefined;
  #healthCheck: NatsHealthCheck<E> | undefined;
  #storage: NatsStorage | undefined;
  /** The reason why the bus is not up, or was not. */
  #fault: BusFault = { kind: "unreachable" };
  /** Kinds of refusals that operators were told about, each once. */
  readonly #told = new Set<BusFault["kind"]>();
  /** The words with which NATS refuses the connection, if it does. */
  #refusal: string | undefined;
  #count = 0;
  #reconnects = 0;

  /** Takes over the stream; connect() makes both. */
  constructor(options: NatsOptions<E>, stream: NatsStream) {
    const { machine, refusal, mustHappen, now, log } = options;
    this.#options = options;
    this.#stream = stream;
    this.#requests = new NatsRequests(stream.connection, prefix, machine);
    this.#outbox = new NatsOutbox({
      stream,
      refusal,
      mustHappen,
      now,
      onRefused: (fault) => this.#onRefused(fault),
      onAccepted: () => this.#onAccepted(),
    });
    this.#files = new NatsFiles({
      connection: stream.connection,
      manager: stream.manager,
      machine,
      now,
      hears: (one) => this.#silence.hears(one),
      fault: () => isUp(this.#state) ? undefined : this.#currentFault,
    });
    this.#reader = new NatsReader({
      stream,
      apply: (event: E, stamp, by) => this.#applyOne(event, stamp, by),
      onApplied: (id) => this.#onApplied(id),
      onGap: () => this.#handle("sequence gap"),
      machine,
      now,
      log,
    });
    this.#resync = new NatsResync({
      stream,
      reader: this.#reader,
      requests: this.#requests,
      replace: async () => await this.#replica?.replaceState(),
      on: (event) => this.#handle(event),
      log,
    });
  }

  /** Connects and makes the stream if there is none. Throws when NATS or its JetStream cannot be reached. */
  static async connect<E>(options: NatsOptions<E>): Promise<NatsBus<E>> {
    return new NatsBus(options, await NatsStream.open(options.url, `parley ${options.machine}`));
  }

  get machine(): string {
    return this.#options.machine;
  }

  get figures(): BusFigures {
    const problem = isUp(this.#state) ? undefined : operatorSentence(this.#currentFault);
    return {
      isUp: isUp(this.#state),
      ...(problem !== undefined && { problem }),
      ...(this.#storage && { storage: this.#storage.figures }),
      lag: this.#reader.lag,
      inFlight: this.#outbox.size,
      reconnects: this.#reconnects,
      clockAheadMs: this.#reader.clockAheadMs,
    };
  }

  /** The content of shared files, for all machines. */
  get files(): NatsFiles {
    return this.#files;
  }

  /** The size of the largest event, in bytes. */
  get maxEventBytes(): number {
    return this.#stream.maxEventBytes;
  }

  /** This machine's position in the stream. */
  get position(): Position {
    return this.#reader.position;
  }

  subscribe(apply: Apply<E>): void {
    this.#apply = apply;
  }

  commit(event: E, by: string): Promise<void> {
    return this.#commit(this.#newId(), event, by, false);
  }

  /** commit() with a given id. Several machines can commit under one id; within two minutes the event happens once. */
  commitAs(id: string, event: E, by: string): Promise<void> {
    return this.#commit(id, event, by, true);
  }

  #commit(id: string, event: E, by: string, alone: boolean): Promise<void> {
    const { refusal, mustHappen } = this.#options;
    const isAccepted = isUp(this.#state) && this.#outbox.size < maxInFlight;
    if (this.#state === "closed" || (!isAccepted && !mustHappen(event))) {
      return Promise.reject(refusal(event, this.#currentFault));
    }
    return this.#outbox.add(id, event, by, { atOnce: isUp(this.#state), alone });
  }

  /**
   * Commits an event that is true only now: it is published at once and never again. Rejects if it did not come back
   * soon; then it can still arrive later. One id happens once, as in commitAs().
   */
  claim(event: E, id = this.#newId()): Promise<void> {
    if (!isUp(this.#state) || this.#outbox.has(id)) {
      return Promise.reject(this.#options.refusal(event, this.#currentFault));
    }
    return this.#outbox.add(id, event, "", { atOnce: true, lapses: true });
  }

  /**
   * The snapshot of another machine, or undefined if this machine is the first one. Call it before start(). `own` is
   * the stream that this machine's store belongs to, `saved` the position from which it can continue by itself.
   */
  async join(own: string, saved?: Position): Promise<Joined | undefined> {
    const { leaseMs, log } = this.#options;
    const options = { stream: this.#stream, requests: this.#requests, leaseMs, log };
    const { joined, name } = await join(options, own, saved);
    this.#reader.streamName = name;
    return joined;
  }

  /** Takes the state and the missing history from another machine; false if none is ready. */
  async rejoin(): Promise<boolean> {
    const { kind } = await this.#requests.greet();
    if (kind !== "ready" || this.#state !== "live") return false;
    this.#handle("sequence gap");
    return true;
  }

  /** Gives no other machine the data of this one, until serve(). */
  withdraw(): void {
    this.#requests.withdraw();
  }

  /** Gives other machines the data of this one. */
  serve(): void {
    this.#requests.serve((question) => this.#answer(question));
  }

  /**
   * Applies the stream from this position on, and resolves when all events that it contained at the call are applied.
   */
  async start(position: Position, replica: Replica<E>): Promise<void> {
    const ends = await this.#stream.endsFrom(position);
    if (this.#state === "closed") throw new Error("Cannot start: the bus is closed");
    const isFirst = this.#state === "joining";
    this.#replica = replica;
    this.#reader.seek(position, ends);
    this.#handle("start");
    if (isFirst) this.#watch();
    await this.#reader.catchUp(ends.last);
    this.serve();
    if (!isFirst) return;
    this.#startHeartbeats(replica);
    this.#storage = new NatsStorage({
      stream: this.#stream,
      files: this.#files,
      isUp: () => isUp(this.#state),
      onProblem: (sentence) => this.#tell(sentence),
    });
    // The connection can break between the last event and this line; then the resync makes the bus live.
    if (this.#state === "catching up") this.#handle("caught up");
  }

  /** Waits up to two seconds for events that are not applied yet, then ends the bus. */
  async close(): Promise<void> {
    const deadline = performance.now() + deadlines.machineStopMs;
    while (isUp(this.#state) && this.#outbox.size > 0 && performance.now() < deadline) {
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    this.#handle("close");
    this.#apply = () => {};
    this.#heartbeats?.close();
    this.#healthCheck?.close();
    this.#storage?.close();
    this.#requests.withdraw();
    this.#outbox.clear({ kind: "unreachable" });
    await this.#stream.close();
  }

  /** The only place where the state changes. */
  #handle(event: BusEvent): void {
    const from = this.#state;
    const to = nextState(from, event);
    if (to === undefined) {
      return this.#options.log("error", `Bug in the bus: "${event}" is impossible while ${from}`);
    }
    this.#state = to;
    if (event === "connection lost") this.#reader.stop(new Error("The connection to NATS broke"));
    if (to !== from) this.#enter(to, from);
  }

  #enter(to: BusState, from: BusState): void {
    this.#resync.cancel();
    if (to === "closed") return this.#reader.stop(new Error("The bus is closed"));
    if (to === "resyncing" || to === "rejoining") {
      this.#reader.stop(new Error("The stream must be read again"));
    }
    if (isUp(from) && !isUp(to)) {
      this.#fault = to === "rejoining" ? { kind: "rejoining" } : this.#currentFault;
      this.#outbox.lapse(this.#fault);
      this.#tell(operatorSentence(this.#fault));
      this.#replica?.onUpChange(false, this.#fault);
    }
    if (to === "resyncing" || to === "rejoining") this.#resync.run(to);
    if (to === "live" && !isUp(from)) this.#resume();
  }

  #resume(): void {
    this.#reconnects++;
    this.#outbox.republish();
    this.#told.clear();
    this.#options.log("info", `${endSentence(this.#fault)}: NATS orders events again`);
    this.#replica?.onUpChange(true, this.#fault);
  }

  /** The reason why events are not ordered now. */
  get #currentFault(): BusFault {
    if (this.#state === "disconnected") return { kind: "unreachable", refusal: this.#refusal };
    if (this.#state !== "joining" && this.#stream.created !== this.position.stream) {
      return { kind: "data lost" };
    }
    return this.#stream.fault ?? { kind: "no answer" };
  }

  #onRefused(fault: BusFault): void {
    if (this.#told.has(fault.kind)) return;
    this.#told.add(fault.kind);
    this.#tell(operatorSentence(fault));
  }

  #onAccepted(): void {
    if (this.#told.size > 0) this.#tell("NATS saves events again", "info");
    this.#told.clear();
  }

  /** Before the chat runs, there are no operators. */
  #tell(sentence: string, level: "info" | "error" = "error"): void {
    if (this.#replica === undefined) this.#options.log(level, sentence);
    else this.#replica.onNews(sentence, level);
  }

  #watch(): void {
    this.#healthCheck = new NatsHealthCheck({
      stream: this.#stream,
      reader: this.#reader,
      outbox: this.#outbox,
      figures: () => this.figures,
      onFailure: () => this.#handle("health check failed"),
    });
    void this.#watchConnection();
  }

  async #watchConnection(): Promise<void> {
    for await (const status of this.#stream.connection.status()) {
      const { type } = status;
      if (type === "error") this.#onConnectionError(status.error);
      if (type === "disconnect") this.#handle("connection lost");
      if (type === "reconnect") {
        this.#refusal = undefined;
        this.#heartbeats?.beat();
        this.#handle("connection restored");
      }
    }
  }

  #onConnectionError(error: Error): void {
    const refusal = refusalIn(error);
    if (refusal === undefined || refusal === this.#refusal) return;
    this.#refusal = refusal;
    if (this.#state === "disconnected") this.#tell(operatorSentence(this.#currentFault));
  }

  #startHeartbeats(replica: Replica<E>): void {
    this.#heartbeats = new NatsHeartbeats({
      connection: this.#stream.connection,
      prefix,
      machine: this.machine,
      leaseMs: this.#options.leaseMs,
      expected: () => replica.machines(),
      onTick: () => {
        if (isUp(this.#state)) replica.onHeartbeat(this.#silence);
      },
    });
  }

  /** Before the first heartbeat this machine knows nothing about the others. */
  get #silence(): Silence {
    return this.#heartbeats?.silence ?? { silentMs: () => 0, hears: () => false };
  }

  #newId(): string {
    return `${this.machine}${(++this.#count).toString(36)}`;
  }

  #applyOne(event: E, stamp: number, by: string): void {
    try {
      this.#apply(event, stamp, by);
    } catch (error) {
      this.#options.log("error", `Bug in applying an event: ${errorText(error)}`);
    }
    this.#replica?.onApplied(event, this.#silence);
  }

  #onApplied(id: string): void {
    this.#replica?.onPosition(this.position);
    this.#outbox.settle(id);
  }

  #answer(question: unknown): unknown {
    const asked = question as { kind: "snapshot" } | { kind: "page"; question: unknown };
    if (asked.kind === "page") return this.#replica?.page(asked.question);
    // The stream can have lost events that this machine has.
    if (!isUp(this.#state)) throw new Error("it reads the stream again");
    const position = this.position;
    return { position, state: this.#replica?.snapshot() };
  }
}
