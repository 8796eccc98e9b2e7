/**
 * Long reads in steps: a generator yields after each step, and its caller decides whether the chat continues in
 * between.
 */
import { firstTurn, nextTurn } from "../../turns.ts";

/** Runs all steps without a pause. */
export function runAtOnce<Result>(steps: Generator<void, Result>): Result {
  let step = steps.next();
  while (!step.done) step = steps.next();
  return step.value;
}

/** The options of a read in turns. */
export interface TurnsOptions {
  /** The person who caused the read; see lib/turns.ts. @default {the server} */
  readonly person?: string | undefined;
  /** Nobody waits for the result any more. @default {never} */
  readonly isStopped?: (() => boolean) | undefined;
}

/** Runs each step in a turn of its own; the result is undefined if `isStopped` returned true before the last step. */
export function runInTurns<Result>(
  steps: Generator<void, Result>,
  options: TurnsOptions & { readonly isStopped?: undefined },
): Promise<Result>;
export function runInTurns<Result>(
  steps: Generator<void, Result>,
  options: TurnsOptions,
): Promise<Result | undefined>;
export async function runInTurns<Result>(
  steps: Generator<void, Result>,
  { person, isStopped = () => false }: TurnsOptions,
): Promise<Result | undefined> {
  const first = firstTurn(person);
  if (first !== undefined) await first;
  if (isStopped()) return undefined;
  let step = steps.next();
  while (!step.done) {
    await nextTurn(person);
    if (isStopped()) return undefined;
    step = steps.next();
  }
  return step.value;
}
