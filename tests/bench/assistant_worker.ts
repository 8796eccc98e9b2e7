/** The side of assistant.ts that is in the worker. */
import type { Answer } from "./assistant.ts";

/** The part of a worker's global object that this file uses. */
interface WorkerScope {
  onmessage: ((event: MessageEvent) => void) | null;
  postMessage(answer: Answer): void;
}

/** Answers every question with what the handler returns or throws. */
export function answerWith(handler: (question: never) => unknown): void {
  const scope = globalThis as unknown as WorkerScope;
  scope.onmessage = async ({ data }) => {
    try {
      scope.postMessage({ result: await handler(data as never) });
    } catch (error) {
      scope.postMessage({ error: error instanceof Error ? error.message : String(error) });
    }
  };
}
