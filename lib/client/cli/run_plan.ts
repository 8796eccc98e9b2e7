/** The plan for one run of the client, from its flags and arguments: the server, the name and the job. */

import { nickFault } from "../text/nick_fault.ts";
import type { ArgumentFault, Destination, Job } from "./arguments.ts";
import { destinationOf, jobOf, timeOf } from "./arguments.ts";
import type { ClientValues } from "./read_options.ts";

/** The server to connect to, and the job there. */
export interface RunPlan {
  readonly destination: Destination;
  /** Undefined: the client asks for it. */
  readonly nick: string | undefined;
  readonly job: Job | undefined;
  /** The start of `history`, for timeOf(). */
  readonly since: string | undefined;
  /** A person uses the client at a terminal. */
  readonly interactive: boolean;
}

/** The plan, or what is wrong with the arguments. `isTerminal`: a person can type and read. */
export function planRun(
  values: ClientValues,
  words: readonly string[],
  isTerminal: boolean,
): RunPlan | ArgumentFault {
  const found = jobOf(words);
  if ("fault" in found) return found;
  const { job } = found;
  const destination = destinationOf(found.rest, values);
  if ("fault" in destination) return destination;
  const nick = (values.user ?? values.account)?.trim();
  const interactive = job === undefined && isTerminal;
  const fault = nick === undefined ? "" : nickFault(nick);
  if (fault !== "") {
    return { fault: `Cannot use --user "${nick}": ${fault[0]?.toLowerCase()}${fault.slice(1)}` };
  }
  if (nick === undefined && !interactive) return { fault: "Cannot join without a name: write --user NAME" };
  const { since } = values;
  if (job !== undefined && since !== undefined && timeOf(since, 0) === undefined) {
    return { fault: `Cannot use --since "${since}": write 2h, 3d or 2026-01-31T12:00Z` };
  }
  return { destination, nick, job, since, interactive };
}
