/**
 * Decides when this machine suspects another one, and when it claims that the other one is lost. It commits events;
 * server/apply/machine.ts decides in the order of all events whether a claim is void.
 *
 * After half a lease without a heartbeat, a machine commits a suspicion. The suspect answers in the stream as
 * soon as it reads that, and so does every machine that hears it. If nobody answered when the lease is over, a claim
 * follows, which names the suspicion. So a claim that waited in a broken connection is void when it arrives: the suspect
 * has answered before. This machine says nothing while its own link is not proven (silence_watch.ts).
 */
import { deadlines } from "../../deadlines.ts";
import type { Event } from "../apply/event.ts";
import type { Chat } from "../chat/chat.ts";
import type { Silence } from "./silence_watch.ts";

const logEveryMs = 60_000;

/** The parts that suspicions use. */
export interface SuspicionsOptions {
  readonly chat: Pick<Chat, "machine" | "machines" | "suspects" | "log">;
  readonly leaseMs: number;
  /** Commits an event that is dropped, not sent later, if it cannot be sent now; without an id it gets one. */
  readonly claim: (event: Event, id?: string) => Promise<void>;
  /** Commits an event that waits until it can be sent. */
  readonly answer: (event: Event, id: string) => Promise<void>;
  readonly now: () => number;
}

/** The name of a machine for people. */
export function shownName(machine: string): string {
  return machine.split("-", 1)[0] ?? machine;
}

/** The event that removes the users of a machine. Without `suspectedAt` the machine says it about itself. */
export function lostEvent(machine: string, suspectedAt?: number): Extract<Event, { kind: "machine lost" }> {
  const event = { kind: "machine lost", machine, reason: `Machine ${shownName(machine)} was lost` } as const;
  return suspectedAt === undefined ? event : { ...event, suspectedAt };
}

/** For operators: a machine was lost, which can be this one. */
export function lostSentence(machine: string, isOwn: boolean): string {
  return isOwn
    ? "The other machines did not hear this one for longer than --lease, so its people have to connect again"
    : `Machine "${shownName(machine)}" did not answer, so its people have quit`;
}

/** The suspicions of one machine about the others. */
export class Suspicions {
  readonly #options: SuspicionsOptions;
  /** When each suspicion was applied here: its stamp and our time. */
  readonly #applied = new Map<string, { readonly stamp: number; readonly atMs: number }>();
  /** The machines for which a suspicion or a claim is on its way. */
  readonly #pending = new Set<string>();
  /** When the log got the last suspicion of a machine. */
  readonly #loggedMs = new Map<string, number>();

  constructor(options: SuspicionsOptions) {
    this.#options = options;
  }

  /** Suspects silent machines, and claims that a suspect without an answer is lost. Call it for each heartbeat. */
  tick(silence: Silence): void {
    const { chat, leaseMs } = this.#options;
    for (const machine of watchedMachines(chat)) {
      const silentMs = silence.silentMs(machine);
      if (machine === chat.machine || silentMs < leaseMs / 2) continue;
      const suspectedAt = chat.suspects.get(machine);
      if (suspectedAt === undefined) this.#suspect(machine);
      else if (silentMs >= leaseMs && this.#ageMs(machine, suspectedAt) >= leaseMs / 3) {
        this.#claim(machine, suspectedAt);
      }
    }
  }

  /** An event of the machines was applied. Answers a suspicion of this machine, or of one that it hears. */
  onApplied(event: Event, silence: Silence): void {
    if (event.kind === "machine suspected") this.#onSuspected(event.machine, silence);
    else if (event.kind === "machine lost") {
      this.#applied.delete(event.machine);
      this.#loggedMs.delete(event.machine);
    }
  }

  /**
   * Removes the earlier run of this machine, which had its data folder and so has ended. In case the folder was copied,
   * the earlier run can answer.
   */
  async removeEarlierRun(machine: string): Promise<void> {
    const { chat, claim } = this.#options;
    await claim({ kind: "machine suspected", machine });
    await new Promise((resolve) => setTimeout(resolve, deadlines.earlierRunMs));
    const suspectedAt = chat.suspects.get(machine);
    if (suspectedAt !== undefined) await claim(lostEvent(machine, suspectedAt));
  }

  #onSuspected(machine: string, silence: Silence): void {
    const { chat, answer, claim } = this.#options;
    const stamp = chat.suspects.get(machine);
    if (stamp === undefined) return;
    this.#ageMs(machine, stamp);
    const event = { kind: "machine heard", machine } as const;
    // All answers to one suspicion have one id, so the stream has one of them.
    const id = `heard ${machine} ${stamp}`;
    if (machine === chat.machine) answer(event, id).catch(() => {});
    else if (silence.hears(machine)) claim(event, id).catch(() => {});
  }

  #suspect(machine: string): void {
    const { claim } = this.#options;
    if (this.#pending.has(machine)) return;
    this.#log(machine);
    this.#send(machine, claim({ kind: "machine suspected", machine }));
  }

  #claim(machine: string, suspectedAt: number): void {
    if (this.#pending.has(machine)) return;
    const id = `lost ${machine} ${suspectedAt}`;
    this.#send(machine, this.#options.claim(lostEvent(machine, suspectedAt), id));
  }

  /** Once a minute for each machine: while only the link to it is broken, this one suspects it again and again. */
  #log(machine: string): void {
    const { chat, now } = this.#options;
    if (now() - (this.#loggedMs.get(machine) ?? -Infinity) < logEveryMs) return;
    this.#loggedMs.set(machine, now());
    chat.log("info", `Machine "${shownName(machine)}" is silent; the others are asked whether they hear it`);
  }

  /** When the event fails, a later tick makes another one if its reason is still true. */
  #send(machine: string, sent: Promise<void>): void {
    this.#pending.add(machine);
    sent.catch(() => {}).finally(() => this.#pending.delete(machine));
  }

  /** The time since this suspicion was applied here. */
  #ageMs(machine: string, stamp: number): number {
    const { now } = this.#options;
    const known = this.#applied.get(machine);
    if (known?.stamp === stamp) return now() - known.atMs;
    this.#applied.set(machine, { stamp, atMs: now() });
    return 0;
  }
}

/** The machines that should be alive, and those that are only suspected because they still have users. */
export function watchedMachines({ machines, suspects }: Pick<Chat, "machines" | "suspects">): Set<string> {
  return new Set([...machines.keys(), ...suspects.keys()]);
}
