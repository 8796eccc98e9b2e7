/**
 * Key presses for handlers of the page. While an input method composes a word (Japanese, Chinese, Korean …), its keys are
 * not for the page: Enter takes the word, Escape drops it, arrows choose another one. All handlers use onKeyPress(),
 * which leaves those keys out.
 */
/// <reference lib="dom" />

/** Calls `act` for each key that is not part of a composition; `signal` ends the listening. */
export function onKeyPress(
  target: Document | HTMLElement,
  act: (event: KeyboardEvent) => void,
  signal?: AbortSignal,
): void {
  const listener = (event: Event) => {
    if (event instanceof KeyboardEvent && !isComposing(event)) act(event);
  };
  target.addEventListener("keydown", listener, signal && { signal });
}

/** The code of a key that an input method handles. */
const inputMethodKey = 229;

/**
 * Safari ends the composition before the key that ends it (WebKit bug 165004): then `isComposing` is false, and only the
 * code says that the key belongs to the input method. The code is deprecated, but nothing replaces it here.
 */
function isComposing({ isComposing, keyCode, key }: KeyboardEvent): boolean {
  return isComposing || keyCode === inputMethodKey || key === "Process";
}
