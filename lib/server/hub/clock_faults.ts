/**
 * The faults of clocks, and the sentences about each for the log and the operators: the fault, its effect, and what to do.
 * Pure; clock_watch.ts measures and tells.
 */
import { maxClockFaultMs } from "../../irc/clock.ts";
import { shownTime } from "../chat/shown_time.ts";

/** Differences between clocks, in milliseconds. */
export interface ClockFigures {
  /** How far the newest stamp is ahead of the system clock. */
  readonly stampsAheadMs: number;
  /** How far the system clock was set ahead, until stamps follow it. */
  readonly jumpMs: number;
  /** How far the clock of NATS is ahead; negative if it is behind. */
  readonly busAheadMs: number;
}

/** The name of a fault. */
export type ClockFaultName = "long silence" | "stamps ahead" | "clock jumped" | "NATS ahead" | "NATS behind";

/** A fault that is present. */
export interface ClockFault {
  /** How large it is, in milliseconds. */
  readonly ms: number;
  readonly sentence: string;
}

/** The sentences at the ends of faults. */
export const endSentences: Readonly<Record<ClockFaultName, string>> = {
  "long silence": "The clock of this machine is trusted for deletions now",
  "stamps ahead": "New messages have the right time again",
  "clock jumped": "New messages follow the clock of this machine again",
  "NATS ahead": "The clock of NATS is no longer ahead",
  "NATS behind": "The clock of NATS is no longer behind",
};

/** The faults that are present. `gapMs` is Clock.doubtfulGapMs, `newestMs` the time of the newest message. */
export function findClockFaults(
  { stampsAheadMs, jumpMs, busAheadMs }: ClockFigures,
  { gapMs, newestMs }: { readonly gapMs: number; readonly newestMs: number },
): Map<ClockFaultName, ClockFault> {
  const busMs = Math.abs(busAheadMs);
  const found: readonly (readonly [ClockFaultName, number, (ms: number) => string])[] = [
    ["long silence", gapMs, gapSentence],
    ["stamps ahead", aboveFault(stampsAheadMs), (ms) => aheadSentence(ms, newestMs)],
    ["clock jumped", aboveFault(jumpMs), jumpSentence],
    busAheadMs > 0
      ? ["NATS ahead", aboveFault(busMs), (ms) => busSentence(ms, "ahead of")]
      : ["NATS behind", aboveFault(busMs), (ms) => busSentence(ms, "behind")],
  ];
  return new Map(
    found.filter(([, ms]) => ms > 0).map(([name, ms, sentence]) => [name, { ms, sentence: sentence(ms) }]),
  );
}

/** "90 minutes", "25 hours", "365 days": of the largest unit at least two. */
export function durationText(ms: number): string {
  const units = [["days", 86_400_000], ["hours", 3_600_000], ["minutes", 60_000]] as const;
  const [name, unitMs] = units.find(([, size]) => ms >= 2 * size) ?? ["seconds", 1000];
  return `${Math.round(ms / unitMs)} ${name}`;
}

/** 0 for a difference that is no fault. */
function aboveFault(ms: number): number {
  return ms > maxClockFaultMs ? ms : 0;
}

function gapSentence(ms: number): string {
  return `The newest message is ${
    durationText(ms)
  } old. If the clock of this machine is wrong, set it before people ` +
    "write: new messages get its time. In case it is wrong, nothing is deleted for a day";
}

function aheadSentence(ms: number, newestMs: number): string {
  return `The newest messages are from ${shownTime(newestMs)}, ${
    durationText(ms)
  } ahead of the clock of this machine, ` +
    "and new messages get that time too. If the clock is wrong, set it; if it is right, stop the server and start it " +
    "once with --mend-times";
}

function jumpSentence(ms: number): string {
  return `The clock of this machine was set ${
    durationText(ms)
  } ahead. New messages follow it in ten minutes; until then ` +
    "they get the time of before. If the clock is wrong, set it back within these ten minutes";
}

function busSentence(ms: number, side: "ahead of" | "behind"): string {
  return `The clock of NATS is ${
    durationText(ms)
  } ${side} the clock of this machine: set the wrong one. New messages get ` +
    "the earlier time meanwhile";
}
