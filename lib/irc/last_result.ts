/**
 * The last result of a function of one text. The lines of a client and their checks ask for the same name or address
 * several times in a row, and nothing else needs it later: so one result is enough, and nothing grows.
 */

/** `of` with the memory of its last result. The result must depend on the text only, and nobody may change it. */
export function lastResult<Result>(of: (text: string) => Result): (text: string) => Result {
  let last: { readonly text: string; readonly result: Result } | undefined;
  return (text) => {
    if (last?.text !== text) last = { text, result: of(text) };
    return last.result;
  };
}
