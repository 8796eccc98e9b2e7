/** The clock of the chat; and for `--mend-times` the saved values with times, and the sentence about the result. */
import { Clock } from "../../irc/clock.ts";
import { banMender } from "../chat/server_ban.ts";
import { positionMender } from "../cluster/machine_store.ts";
import { durationText } from "../hub/clock_faults.ts";
import type { Settings } from "../settings/settings.ts";
import type { MendedTimes, ValueMenders } from "../store/mend_times.ts";
import { exitCodes, StartError } from "./start_error.ts";

/** No machine runs this program earlier. */
const earliestMs = Date.parse("2026-11-01T00:00:00Z");
/** A stamp cannot hold a time after 2248 (lib/irc/stamp.ts). */
const latestMs = Date.parse("2200-01-01T00:00:00Z");

/** The clock of this machine. */
export function startClock(): Clock {
  return new Clock({ systemUptime, earliestMs, latestMs });
}

/**
 * Throws a StartError if the clock is certainly wrong: messages cannot have its time, or `--mend-times` would move all
 * messages into the past.
 */
export function checkClock({ now }: Clock, { mendTimes }: Pick<Settings, "mendTimes">): void {
  if (now() <= latestMs && (now() >= earliestMs || !mendTimes)) return;
  const date = new Date(now()).toISOString().replace(/T.*/, "");
  const act = mendTimes ? "use --mend-times" : "start";
  throw new StartError(
    `Cannot ${act}: the clock of this machine says ${date}; set it first`,
    exitCodes.unavailable,
  );
}

/** The saved values that have times. */
export const valueMenders: ValueMenders = { ...banMender, ...positionMender };

/** The sentence about the result of `--mend-times`. */
export function mendedSentence({ records, aheadMs, copy }: MendedTimes): string {
  if (records === 0) return "No message is in the future, so --mend-times has moved none";
  return `--mend-times has moved ${records} messages and events to the present; the newest was ` +
    `${durationText(aheadMs)} in the future. Start the server without it from now on` +
    (copy === undefined ? "" : `; "${copy}" has the old times`);
}

/** 0 where the system does not tell it. */
function systemUptime(): number {
  try {
    return Deno.osUptime() * 1000;
  } catch {
    return 0;
  }
}
