/**
 * Says in one sentence that a browser is too old for the page, or a part of it was not loaded, in place of a page on
 * which no button works. It is no module and uses only what browsers have had since 2015, because an old one stops at
 * the first word that it does not know.
 */
/// <reference lib="dom" />

(function () {
  // The newest features that the modules use without a substitute: Chrome and Firefox 126, Safari 18.
  const needed: readonly (readonly [string, boolean])[] = [
    ["URL.parse", "parse" in URL],
    ["Promise.withResolvers", "withResolvers" in Promise],
    ["Map.groupBy", "groupBy" in Map],
    ["AbortSignal.any", typeof AbortSignal === "function" && "any" in AbortSignal],
    ["Intl.Segmenter", typeof Intl === "object" && "Segmenter" in Intl],
    ["Array.toReversed", "toReversed" in Array.prototype],
    ["ResizeObserver", "ResizeObserver" in globalThis],
    ["WebSocket", "WebSocket" in globalThis],
    ["dialog", "HTMLDialogElement" in globalThis],
    ["patterns of sets", hasSetPatterns()],
  ];
  const missing = needed.filter(function (one) {
    return !one[1];
  }).map(function (one) {
    return one[0];
  });
  if (missing.length > 0) {
    tell(
      "This browser is too old for the page: use Chrome, Edge or Firefox from version 126 on, or Safari from 18 on " +
        "(missing: " + missing.join(", ") + ")",
    );
  }
  // A module that is not loaded stops all others, without a word.
  addEventListener("error", function (event) {
    if (event.target instanceof HTMLScriptElement) {
      tell("A part of the page was not loaded: load it again");
    }
  }, true);

  function hasSetPatterns(): boolean {
    try {
      return new RegExp("[a--b]", "v").test("a");
    } catch (_error) {
      return false;
    }
  }

  function tell(sentence: string): void {
    if (document.readyState === "loading") {
      document.addEventListener("DOMContentLoaded", function () {
        tell(sentence);
      });
      return;
    }
    const hint = document.querySelector("#messages .hint");
    if (hint !== null) hint.textContent = sentence;
    const button = document.querySelector("#join-button");
    if (button instanceof HTMLButtonElement) button.disabled = true;
  }
})();
