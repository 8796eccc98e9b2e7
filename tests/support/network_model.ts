/**
 * A model of machines, their links and NATS, in a time of its own: it shows what the rules about lost machines do under
 * delays, cuts and pauses. The rules are the real ones (silence_watch.ts, suspicions.ts, apply/machine.ts); the
 * connections are not. A connection never breaks here: messages that are cut off arrive later, the worst case for a claim.
 */
import type { Event } from "../../lib/server/apply/event.ts";
import { applyEvent } from "../../lib/server/apply/apply.ts";
import { ChatState } from "../../lib/server/chat/chat.ts";
import { heartbeatsPerLease, SilenceWatch } from "../../lib/server/cluster/silence_watch.ts";
import { Suspicions, watchedMachines } from "../../lib/server/cluster/suspicions.ts";
import { settingRows } from "../../lib/server/settings/settings.ts";
import { parseOptions } from "../../lib/options.ts";

/** "deaf": it hears nothing. "mute": nobody hears it. "killed": for ever. "nats": NATS does nothing. */
export type FaultKind = "cut" | "deaf" | "mute" | "paused" | "killed" | "nats";

/** A fault of one machine, or of NATS. */
export interface ModelFault {
  readonly kind: FaultKind;
  readonly machine: number;
  readonly fromMs: number;
  readonly forMs: number;
}

/** Messages on their way, in order. */
type Queue<T> = { readonly message: T; readonly dueMs: number }[];
type ToNats = { readonly heartbeat: string } | { readonly event: Event; readonly id: string };
type FromNats = { readonly heartbeat: string } | {
  readonly event: Event;
  readonly id: string;
  stamp: number;
};

/** A removal that was not void: the machine, and the time. */
export interface Removal {
  readonly machine: string;
  readonly atMs: number;
}

const intervalMs = (leaseMs: number) => leaseMs / heartbeatsPerLease;

/** One machine: its chat, its watch and its two directions. */
class ModelMachine {
  readonly name: string;
  readonly chat: ChatState;
  readonly silence: SilenceWatch;
  readonly up: Queue<ToNats> = [];
  readonly down: Queue<FromNats> = [];
  readonly delayMs: number;
  nextBeatMs: number;
  #count = 0;
  readonly #suspicions: Suspicions;
  readonly #waiting = new Map<string, () => void>();
  readonly #now: () => number;

  constructor(
    name: string,
    { leaseMs, delayMs, now }: { leaseMs: number; delayMs: number; now: () => number },
  ) {
    const parsed = parseOptions(settingRows, [], {});
    if ("fault" in parsed) throw new RangeError(parsed.fault);
    this.name = name;
    this.#now = now;
    this.delayMs = delayMs;
    this.nextBeatMs = delayMs;
    this.chat = new ChatState({ settings: parsed.values, machine: name, cloakKey: new Uint8Array(32) });
    this.silence = new SilenceWatch({ machine: name, leaseMs }, now);
    const claim = (event: Event, id = `${name}${++this.#count}`) =>
      new Promise<void>((resolve) => {
        this.#waiting.set(id, resolve);
        this.publish(event, id);
      });
    this.#suspicions = new Suspicions({ chat: this.chat, leaseMs, claim, answer: claim, now });
  }

  publish(event: Event, id = `${this.name}${++this.#count}`): void {
    this.up.push({ message: { event, id }, dueMs: this.#now() + this.delayMs });
  }

  beat(): void {
    this.up.push({ message: { heartbeat: this.name }, dueMs: this.#now() + this.delayMs });
    this.silence.expect(watchedMachines(this.chat));
    this.#suspicions.tick(this.silence);
  }

  receive(message: FromNats): void {
    if ("heartbeat" in message) return this.silence.onHeartbeat(message.heartbeat);
    const { event, id, stamp } = message;
    const wasHere = this.chat.machines.has(this.name);
    applyEvent(this.chat, event, stamp);
    this.#suspicions.onApplied(event, this.silence);
    this.#waiting.get(id)?.();
    this.#waiting.delete(id);
    if (wasHere && !this.chat.machines.has(this.name)) {
      this.publish({ kind: "machine joined", machine: this.name });
    }
  }
}

/** Machines "a-", "b-" and so on, with one NATS. */
export class NetworkModel {
  readonly machines: readonly ModelMachine[];
  /** The machines that were removed, as a machine sees it that reads everything at once. */
  readonly removals: Removal[] = [];
  readonly #leaseMs: number;
  readonly #faults: readonly ModelFault[];
  readonly #ids = new Set<string>();
  readonly #judge: ModelMachine;
  #nowMs = 0;
  #stamp = 0;

  /** Each machine has a delay in each direction. */
  constructor(leaseMs: number, delaysMs: readonly number[], faults: readonly ModelFault[]) {
    const now = () => this.#nowMs;
    this.#leaseMs = leaseMs;
    this.#faults = faults;
    this.machines = delaysMs.map((delayMs, at) =>
      new ModelMachine(`${String.fromCharCode(97 + at)}-`, { leaseMs, delayMs, now })
    );
    this.#judge = new ModelMachine("judge-", { leaseMs, delayMs: 0, now });
    for (const { name } of this.machines) {
      const stamp = ++this.#stamp;
      for (const { chat } of [...this.machines, this.#judge]) chat.machines.set(name, stamp);
    }
  }

  get nowMs(): number {
    return this.#nowMs;
  }

  /** Whether a machine has a fault at this time. */
  isFaulty(at: number, kinds: readonly FaultKind[]): boolean {
    return this.#faults.some(({ kind, machine, fromMs, forMs }) =>
      kinds.includes(kind) && (kind === "nats" || machine === at) && fromMs <= this.#nowMs &&
      (kind === "killed" || this.#nowMs < fromMs + forMs)
    );
  }

  /** Goes on until this time. */
  async run(untilMs: number): Promise<void> {
    while (this.#nowMs < untilMs) {
      this.#nowMs += intervalMs(this.#leaseMs) / 4;
      this.#step();
      // Events that were applied resolve their commits.
      for (let turns = 0; turns < 4; turns++) await Promise.resolve();
    }
  }

  #step(): void {
    const isNatsUp = !this.isFaulty(-1, ["nats"]);
    for (const [at, machine] of this.machines.entries()) {
      if (isNatsUp && !this.isFaulty(at, ["cut", "mute"])) {
        for (const message of this.#due(machine.up)) this.#onNats(message);
      }
    }
    for (const [at, machine] of this.machines.entries()) {
      if (this.isFaulty(at, ["paused", "killed"])) continue;
      // A program that was stopped runs its timers before it reads.
      if (this.#nowMs >= machine.nextBeatMs) {
        machine.beat();
        machine.nextBeatMs = this.#nowMs + intervalMs(this.#leaseMs);
      }
      if (this.isFaulty(at, ["cut", "deaf"])) continue;
      for (const message of this.#due(machine.down)) machine.receive(message);
    }
  }

  #due<T>(queue: Queue<T>): T[] {
    const count = queue.findIndex(({ dueMs }) => dueMs > this.#nowMs);
    return queue.splice(0, count < 0 ? queue.length : count).map(({ message }) => message);
  }

  #onNats(message: ToNats): void {
    if ("heartbeat" in message) return this.#deliver(message);
    if (this.#ids.has(message.id)) return;
    this.#ids.add(message.id);
    const { chat } = this.#judge;
    const before = new Set(chat.machines.keys());
    const ordered = { ...message, stamp: ++this.#stamp };
    applyEvent(chat, ordered.event, ordered.stamp);
    for (const machine of before) {
      if (!chat.machines.has(machine)) this.removals.push({ machine, atMs: this.#nowMs });
    }
    this.#deliver(ordered);
  }

  #deliver(message: FromNats): void {
    for (const { down, delayMs } of this.machines) down.push({ message, dueMs: this.#nowMs + delayMs });
  }
}
