/**
 * Measures how the time of a function grows with the length of a text, for texts that patterns and loops treat
 * specially.
 */

import { cpuUsage } from "node:process";

/** Characters and words with a meaning for some pattern or loop. */
export const pieces = [
  ..."a b9 A ( ) [ ] { } < > \" ' ` * _ ~ | \\ / : ; , . ! ? @ # & + - = % ^ $ * 0 1 😀 é я 漢 ש ไ 한 ä"
    .split(" "),
  ..."bob bob/ bob. bob' /bob: bob: https:// https://a ://a &amp; &#1; <p> </p> <!-- <td> <script> &lt ) ]) www. C++ :) -> v1"
    .split(" "),
  ..."a@b a!b* *a ?a \\* #tea, +b -o @+ =a from:a in: on:1 \"a filename= filename*=UTF-8'' %41 %".split(" "),
  ...' |  |\t|\n|a |a  |\n\n|\x02|\x03|\x034|\x0304,05|\x0304,05a|\x04ff0000|\x0f|\x11|\x01|\x01ACTION |\x1b[|\r| )| (|" '
    .split("|"),
  ..."\u0301 \u200d \u200c \ufe0f \u202e \u200b \u3000 \u2028 \u093f \u0915\u094d \u0e33 \u1100 \u{1f1e9} \u{1f3fb} \u{e0061} \ufdfa ß İ \ud83d \ud800 👩‍ #\ufe0f\u20e3"
    .split(" "),
];

/** Makes a text of about a length of two pieces. */
export type Shape = (length: number, one: string, other: string) => string;

const filled = (piece: string, length: number) => piece.repeat(Math.max(1, Math.ceil(length / piece.length)));

/** The ways to repeat two pieces. */
export const shapes: readonly Shape[] = [
  (length, one, other) => filled(one, length) + other,
  (length, one, other) => other + filled(one, length),
  (length, one, other) => filled(one + other, length),
  (length, one, other) => filled(one, length / 2) + filled(other, length / 2),
  (length, one, other) => filled(`${one} ${other}`, length),
];

const usualLength = 4096;
/** Every function reads a text of the usual length in less, unless its time grows with the square of the length. */
const plentyMs = 10;
/** After this time no more runs are needed. */
const longMs = 400;
/** The most runs with one text. */
const maxRuns = 5;
/** A text that is four times as long takes four times as long, or sixteen times for the square. */
const maxGrowth = 10;

/**
 * Undefined when the function reads texts of this kind in linear time; else how the time grows. Of several runs the
 * fastest counts, because the collection of garbage falls into some; so one fast run is enough.
 */
export function growthFault(
  read: (text: string) => unknown,
  textOf: (length: number) => string,
  firstLength = usualLength,
): string | undefined {
  const enoughMs = plentyMs * firstLength / usualLength;
  const short = fastest(read, textOf(firstLength), enoughMs);
  if (short < enoughMs) return undefined;
  const long = fastest(read, textOf(4 * firstLength), maxGrowth * short);
  return long < maxGrowth * short
    ? undefined
    : `${short.toFixed(1)} ms, four times as long: ${long.toFixed(1)} ms`;
}

/** By the time of the processor, as the process can wait for others at any moment. A run below the limit is the last. */
function fastest(read: (text: string) => unknown, text: string, limitMs: number): number {
  let [least, all] = [Infinity, 0];
  for (let run = 0; run < maxRuns && all < longMs && least >= limitMs; run++) {
    const begun = cpuUsage();
    read(text);
    const { user, system } = cpuUsage(begun);
    all += (user + system) / 1000;
    least = Math.min(least, (user + system) / 1000);
  }
  return least;
}
