/**
 * Long reads in steps: a generator yields after each step, and its caller decides whether the chat continues in
 * between.
 */

/** Runs all steps without a pause. */
export function runAtOnce<Result>(steps: Generator<void, Result>): Result {
  let step = steps.next();
  while (!step.done) step = steps.next();
  return step.value;
}

/** Runs the steps with a pause after each; the result is undefined if `isStopped` returned true before the last step. */
export function runWithPauses<Result>(steps: Generator<void, Result>): Promise<Result>;
export function runWithPauses<Result>(
  steps: Generator<void, Result>,
  isStopped: () => boolean,
): Promise<Result | undefined>;
export async function runWithPauses<Result>(
  steps: Generator<void, Result>,
  isStopped: () => boolean = () => false,
): Promise<Result | undefined> {
  let step = steps.next();
  while (!step.done) {
    if (isStopped()) return undefined;
    await pause();
    step = steps.next();
  }
  return step.value;
}

/** Resolves in the next round of the event loop, so that other work gets its turn. */
export function pause(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 0));
}
