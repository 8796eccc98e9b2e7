/**
 * The turn to store a file in NATS: at any time one machine stores one file. NATS writes all files of a bucket to the
 * same blocks on its disk, and frees a block only when all of it is deleted (2.10 and later: half of it). When two files
 * are stored at the same time, deleting one of them frees no disk space while the other exists.
 *
 * The turn is the last message of a subject in the bucket's stream: the name of the machine that has it, or nothing.
 * NATS accepts a new one only if it follows the one that the machine has seen. The turn saves space and nothing else:
 * a machine that waited for a minute stores its file at the same time as another.
 */
import { deadlines } from "../../deadlines.ts";
import { type JetStreamClient, type JetStreamManager, JsHeaders } from "@nats-io/jetstream";
import { headers } from "@nats-io/transport-node";
import { isWrongSequence } from "./nats_faults.ts";

/** The parts that a turn uses. */
export interface TurnOptions {
  readonly client: Pick<JetStreamClient, "publish">;
  readonly manager: { readonly streams: Pick<JetStreamManager["streams"], "getMessage"> };
  /** The stream of the bucket, and the subject of the turn in it. */
  readonly stream: string;
  readonly subject: string;
  readonly machine: string;
  /** Whether another machine was heard a moment ago; one that is not heard keeps its turn for a shorter time. */
  readonly hears: (machine: string) => boolean;
  /** The longest wait for the turn. @default {deadlines.natsFileTurnMs} */
  readonly waitMs?: number;
}

/** A machine renews its turn at this interval. */
const renewMs = 5000;
const retryMs = 100;

/** One turn: the sequence of our last message while we have it, undefined otherwise. */
interface Turn {
  sequence: number | undefined;
}

/** The turns of one machine. */
export class NatsFileTurn {
  readonly #options: TurnOptions;
  #before: Promise<unknown> = Promise.resolve();

  constructor(options: TurnOptions) {
    this.#options = options;
  }

  /** Acts when it is this machine's turn. Rejects if NATS fails before it, or with the reason of `act`. */
  run<T>(act: () => Promise<T>): Promise<T> {
    const { waitMs = deadlines.natsFileTurnMs } = this.#options;
    const deadline = performance.now() + waitMs;
    const ours = waitFor(this.#before, waitMs).then(() => this.#inTurn(act, deadline));
    this.#before = ours.catch(() => {});
    return ours;
  }

  async #inTurn<T>(act: () => Promise<T>, deadline: number): Promise<T> {
    const turn = await this.#take(deadline);
    let renewed = Promise.resolve();
    const renewing = setInterval(() => renewed = renewed.then(() => this.#renew(turn)), renewMs);
    try {
      return await act();
    } finally {
      clearInterval(renewing);
      await renewed;
      await this.#say(turn, "").catch(() => {});
    }
  }

  /** Takes the turn; at the deadline the machine goes on without it. */
  async #take(deadline: number): Promise<Turn> {
    const { manager, stream, subject, machine } = this.#options;
    let seen = -1;
    let seenMs = 0;
    while (performance.now() < deadline) {
      const found = await manager.streams.getMessage(stream, { last_by_subj: subject });
      const sequence = found?.seq ?? 0;
      if (sequence !== seen) seenMs = performance.now();
      seen = sequence;
      if (!found?.data.length || performance.now() - seenMs > this.#staleMs(found.string())) {
        const turn: Turn = { sequence };
        if (await this.#say(turn, machine)) return turn;
      }
      await pause(retryMs);
    }
    return { sequence: undefined };
  }

  #staleMs(holder: string): number {
    return this.#options.hears(holder) ? deadlines.natsFileTurnStaleMs : deadlines.natsFileTurnDeadMs;
  }

  async #renew(turn: Turn): Promise<void> {
    // The machine only loses its turn when this fails.
    await this.#say(turn, this.#options.machine).catch(() => {});
  }

  /** Publishes after our last message; false if there is another one since, so that the turn is over. */
  async #say(turn: Turn, text: string): Promise<boolean> {
    const { client, subject } = this.#options;
    if (turn.sequence === undefined) return false;
    const fields = headers();
    fields.set(JsHeaders.RollupHdr, JsHeaders.RollupValueSubject);
    try {
      const expect = { lastSubjectSequence: turn.sequence };
      turn.sequence = (await client.publish(subject, text, { headers: fields, expect })).seq;
      return true;
    } catch (error) {
      if (!isWrongSequence(error)) throw error;
      turn.sequence = undefined;
      return false;
    }
  }
}

/** Resolves when the promise does, or after this time. */
async function waitFor(promise: Promise<unknown>, ms: number): Promise<void> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise((resolve) => timer = setTimeout(resolve, ms));
  await Promise.race([promise, late]);
  clearTimeout(timer);
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
