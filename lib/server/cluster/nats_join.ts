/**
 * Joining a chat on NATS: the machine takes a snapshot from a machine that is ready. If there is none, it claims
 * to be the first machine with an empty message, which the stream accepts only if nothing was published in the
 * meantime.
 */
import { deadlines } from "../../deadlines.ts";
import type { NatsRequests } from "./nats_requests.ts";
import type { Ends, NatsStream } from "./nats_stream.ts";
import type { Joined, Position } from "./replica.ts";

/** The parts that join() uses. */
export interface NatsJoinOptions {
  readonly stream: NatsStream;
  readonly requests: NatsRequests;
  readonly leaseMs: number;
  readonly log: (level: "info" | "error", text: string) => void;
}

const retryMs = 100;
/** After a failure each attempt waits longer, up to this time. */
const maxRetryMs = 2000;

/**
 * The snapshot of another machine, or undefined if this machine is the first one, and the name of the stream. `own` is
 * the stream that this machine's data belongs to. A machine without data of the current stream first waits for machines
 * that have it: their connections can be broken at the moment.
 *
 * NATS takes minutes to notice that a machine lost its power or its cable, and until then that machine listens without
 * an answer. A machine that can continue from its own `saved` position does not wait so long: it and the silent machine
 * apply the same stream, so they agree in any case.
 */
export async function join(
  { stream, requests, leaseMs, log }: NatsJoinOptions,
  own: string,
  saved?: Position,
): Promise<{ joined: Joined | undefined; name: string }> {
  const say = sayOnce(log);
  let claimFrom: number | undefined;
  let silentFrom: number | undefined;
  let waitMs = retryMs;
  for (;;) {
    // Reads the stream before the greeting, so that a claim of another machine in between makes ours fail.
    const ends = await stream.ends();
    const { stream: name, last } = ends;
    if (claimFrom === undefined) {
      const canClaim = last === 0 || name === own;
      if (!canClaim) say("info", "Waiting for the machines that have the history of this chat");
      claimFrom = canClaim ? 0 : performance.now() + 2 * leaseMs;
    }
    const greeting = await requests.greet();
    silentFrom = greeting.kind === "silence" ? silentFrom ?? performance.now() : undefined;
    if (greeting.kind === "ready") {
      const joined = await takeSnapshot(requests, greeting.machine, say);
      if (joined !== undefined) return { joined, name };
      waitMs = Math.min(2 * waitMs, maxRetryMs);
    } else if (silentFrom !== undefined) {
      say("info", "Another machine of this chat does not answer; this machine waits for it");
      const isOver = performance.now() - silentFrom >= 2 * leaseMs;
      if (isOver && canContinue(saved, ends) && await claim(stream, requests, last)) {
        return { joined: undefined, name };
      }
    } else if (greeting.kind === "nobody" && performance.now() >= claimFrom) {
      if (await claim(stream, requests, last)) return { joined: undefined, name };
      claimFrom = performance.now() + deadlines.machineWinnerMs;
    }
    await new Promise((resolve) => setTimeout(resolve, waitMs));
  }
}

/** Whether the stream still has everything after a position. */
function canContinue(saved: Position | undefined, { stream, first, last }: Ends): boolean {
  return saved !== undefined && saved.stream === stream && saved.sequence + 1 >= first &&
    saved.sequence <= last;
}

/** A log for repeated attempts: it writes a line only if it differs from the line before. */
function sayOnce(log: NatsJoinOptions["log"]): NatsJoinOptions["log"] {
  let said = "";
  return (level, text) => {
    if (text !== said) log(level, text);
    said = text;
  };
}

/** Whether the claim to be first succeeded; then this machine answers greetings. */
async function claim(stream: NatsStream, requests: NatsRequests, last: number): Promise<boolean> {
  requests.announce();
  let isFirst = false;
  try {
    isFirst = await stream.claim(last);
  } finally {
    if (!isFirst) requests.withdraw();
  }
  return isFirst;
}

async function takeSnapshot(
  requests: NatsRequests,
  machine: string,
  log: NatsJoinOptions["log"],
): Promise<Joined | undefined> {
  try {
    const { position, state } = await requests.ask(machine, { kind: "snapshot" }) as Joined;
    return { position, state, page: (question) => requests.ask(machine, { kind: "page", question }) };
  } catch (error) {
    const fault = error instanceof Error ? error.message : error;
    log("error", `Cannot take a snapshot, and tries again: ${fault}`);
  }
}
