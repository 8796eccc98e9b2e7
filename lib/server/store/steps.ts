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

/** The reads that pause, in their order. */
const pausing: (() => void)[] = [];

/**
 * Resolves in a later round of the event loop, so that other work gets its turn. Only one of all pauses ends in a round:
 * a hundred searches at once stop the chat for as long as one.
 */
export function pause(): Promise<void> {
  return new Promise((resolve) => {
    if (pausing.push(resolve) === 1) setTimeout(endPause, 0);
  });
}

function endPause(): void {
  pausing.shift()?.();
  if (pausing.length > 0) setTimeout(endPause, 0);
}
