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

/** Differences between clocks, in milliseconds. */
export interface ClockFigures {
  /** How far the newest stamp is ahead of the system clock. */
  readonly stampsAheadMs: number;
  /** How far the system clock was set ahead, until stamps follow it. */
  readonly jumpMs: number;
  /** How far the clock of NATS is ahead; negative if it is behind. */
  readonly busAheadMs: number;
}

type FaultName = "long silence" | "stamps ahead" | "clock jumped" | "NATS ahead" | "NATS behind";

interface Fault {
  /** How large it is. */
  readonly ms: number;
  readonly sentence: string;
}

/** A warning is repeated after this time, or when the fault is twice as large. */
const repeatMs = 3_600_000;

/** The watch of one chat. */
export class ClockWatch {
  readonly #chat: ChatState;
  readonly #busFigures: () => BusFigures | undefined;
  /** When each present fault was told last, by the monotonic clock, how large it was, and to which operators. */
  #told = new Map<FaultName, { readonly at: number; readonly ms: number; readonly to: WeakSet<Session> }>();

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
    return [...this.#faults().values()].map(({ sentence }) => sentence);
  }

  /** Tells new faults, faults that last, and ends of faults. Call it every few seconds. */
  check(): void {
    const now = this.#chat.clock.monotonic();
    const { busAheadMs } = this.figures;
    // The earlier clock counts, for events and for answers.
    this.#chat.correctionMs = busAheadMs < -maxClockFaultMs ? busAheadMs : 0;
    const faults = this.#faults();
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

  #faults(): Map<FaultName, Fault> {
    const { stampsAheadMs, jumpMs, busAheadMs } = this.figures;
    const faults = new Map<FaultName, Fault>();
    const gapMs = this.#chat.clock.doubtfulGapMs;
    if (gapMs > 0) {
      faults.set("long silence", {
        ms: gapMs,
        sentence:
          `The newest message is ${durationText(gapMs)} old. If the clock of this machine is wrong, set it ` +
          "before people write: new messages get its time. In case it is wrong, nothing is deleted for a day",
      });
    }
    if (stampsAheadMs > maxClockFaultMs) {
      const time = timeText(stampMs(this.#chat.lastStamp));
      faults.set("stamps ahead", {
        ms: stampsAheadMs,
        sentence:
          `The newest messages are from ${time}, ${durationText(stampsAheadMs)} ahead of the clock of this ` +
          "machine, and new messages get that time too. If the clock is wrong, set it; if it is right, stop the " +
          "server and start it once with --mend-times",
      });
    }
    if (jumpMs > maxClockFaultMs) {
      const by = durationText(jumpMs);
      faults.set("clock jumped", {
        ms: jumpMs,
        sentence:
          `The clock of this machine was set ${by} ahead. New messages get the time of before for ten minutes, and ` +
          "then the new one: if the clock is wrong, set it back until then",
      });
    }
    if (Math.abs(busAheadMs) > maxClockFaultMs) {
      const [by, side] = [
        durationText(Math.abs(busAheadMs)),
        busAheadMs > 0 ? "ahead of" : "behind",
      ] as const;
      faults.set(busAheadMs > 0 ? "NATS ahead" : "NATS behind", {
        ms: Math.abs(busAheadMs),
        sentence:
          `The clock of NATS is ${by} ${side} the clock of this machine: set the wrong one. New messages get the ` +
          "earlier time meanwhile",
      });
    }
    return faults;
  }

  #tell(sentence: string, level: "info" | "error"): void {
    notifyOperators(this.#chat, sentence, this.#chat.stampNow(), level);
  }
}

const endSentences: Readonly<Record<FaultName, string>> = {
  "long silence": "The clock of this machine is trusted for deletions now",
  "stamps ahead": "New messages have the right time again",
  "clock jumped": "New messages follow the clock of this machine again",
  "NATS ahead": "The clock of NATS is no longer ahead",
  "NATS behind": "The clock of NATS is no longer behind",
};

/** "2026-11-23 15:04 UTC". */
function timeText(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 16).replace("T", " ")} UTC`;
}

/** "90 minutes", "25 hours", "365 days": of the largest unit at least two. */
export function durationText(ms: number): string {
  const units = [["days", 86_400_000], ["hours", 3_600_000], ["minutes", 60_000]] as const;
  const [name, unitMs] = units.find(([, size]) => ms >= 2 * size) ?? ["seconds", 1000];
  return `${Math.round(ms / unitMs)} ${name}`;
}
