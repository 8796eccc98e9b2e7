/**
 * Watches the clocks that give messages their time: the system clock of this machine, the clock of NATS, and the times
 * that messages have already. It warns the log and the operators about a difference of more than a minute, again each
 * hour. It changes no clock and no time; `--mend-times` does that (server/store/mend_times.ts).
 */
import { maxClockFaultMs } from "../../irc/clock.ts";
import { stampMs } from "../../irc/stamp.ts";
import type { ChatState } from "../chat/chat.ts";
import type { Session } from "../chat/session.ts";
import { notifyLaterOperators, notifyOperators, operatorSessions } from "../render/operator_notice.ts";
import type { BusFigures } from "./bus.ts";
import {
  type ClockFault,
  type ClockFaultName,
  type ClockFigures,
  endSentences,
  findClockFaults,
} from "./clock_faults.ts";

/** A warning is repeated after this time, or when the fault is twice as large. */
const repeatMs = 3_600_000;

/** The watch of one chat. */
export class ClockWatch {
  readonly #chat: ChatState;
  readonly #busFigures: () => BusFigures | undefined;
  /** When each present fault was told last, by the monotonic clock, how large it was, and to which operators. */
  #told = new Map<
    ClockFaultName,
    { readonly at: number; readonly ms: number; readonly to: WeakSet<Session> }
  >();

  constructor(chat: ChatState, busFigures: () => BusFigures | undefined) {
    this.#chat = chat;
    this.#busFigures = busFigures;
  }

  get figures(): ClockFigures {
    const { clock, lastStamp } = this.#chat;
    return {
      stampsAheadMs: Math.max(0, stampMs(lastStamp) - clock.now()),
      jumpMs: clock.unsettledMs,
      busAheadMs: this.#busFigures()?.clockAheadMs ?? 0,
    };
  }

  /** The present warnings, one sentence each. */
  get warnings(): string[] {
    return [...this.#faults(this.figures).values()].map(({ sentence }) => sentence);
  }

  /** Tells new faults, faults that last, and ends of faults. Call it every few seconds. */
  check(): void {
    const now = this.#chat.clock.monotonic();
    const { figures } = this;
    // The earlier clock counts, for events and for answers.
    this.#chat.correctionMs = figures.busAheadMs < -maxClockFaultMs ? figures.busAheadMs : 0;
    const faults = this.#faults(figures);
    for (const [name, { ms, sentence }] of faults) {
      const told = this.#told.get(name);
      if (told !== undefined && now - told.at < repeatMs && ms < 2 * told.ms) {
        notifyLaterOperators(this.#chat, sentence, this.#chat.stampNow(), told.to);
        continue;
      }
      this.#told.set(name, { at: now, ms, to: new WeakSet(operatorSessions(this.#chat)) });
      this.#tell(sentence, "error");
    }
    for (const name of [...this.#told.keys()]) {
      if (faults.has(name)) continue;
      this.#told.delete(name);
      this.#tell(endSentences[name], "info");
    }
  }

  #faults(figures: ClockFigures): Map<ClockFaultName, ClockFault> {
    const { clock, lastStamp } = this.#chat;
    return findClockFaults(figures, { gapMs: clock.doubtfulGapMs, newestMs: stampMs(lastStamp) });
  }

  #tell(sentence: string, level: "info" | "error"): void {
    notifyOperators(this.#chat, sentence, this.#chat.stampNow(), level);
  }
}
