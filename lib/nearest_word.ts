/** Finds the word that a misspelled word was meant to be: "did you mean …?". */

const maxMistakes = 2;

/** The name with the fewest mistakes: at most two, and at most a third of its letters; undefined for none. */
export function nearestWord(written: string, names: readonly string[]): string | undefined {
  // A longer difference means more mistakes; comparing is slow for a long word.
  const ranked = names.filter((name) =>
    name.length > 1 && Math.abs(name.length - written.length) <= maxMistakes
  )
    .map((name) => ({ name, mistakes: mistakes(written, name) }))
    .sort((one, other) => one.mistakes - other.mistakes);
  const [best] = ranked;
  return best && best.mistakes <= Math.min(maxMistakes, Math.ceil(best.name.length / 3))
    ? best.name
    : undefined;
}

/** How many letters to add, remove, change or swap with their neighbour (optimal string alignment distance). */
function mistakes(one: string, other: string): number {
  const rows = [Array.from({ length: other.length + 1 }, (_, at) => at)];
  const cost = (i: number, j: number): number => rows[i]?.[j] ?? 0;
  for (let i = 1; i <= one.length; i++) {
    const row = [i];
    rows.push(row);
    for (let j = 1; j <= other.length; j++) {
      const change = one[i - 1] === other[j - 1] ? 0 : 1;
      const swapped = i > 1 && j > 1 && one[i - 1] === other[j - 2] && one[i - 2] === other[j - 1];
      row.push(Math.min(
        cost(i - 1, j) + 1,
        cost(i, j - 1) + 1,
        cost(i - 1, j - 1) + change,
        swapped ? cost(i - 2, j - 2) + 1 : Infinity,
      ));
    }
  }
  return cost(one.length, other.length);
}
