/**
 * The line of every sender: 100 bytes of text that end in a sequence number, the sender's digit and a mark, so that
 * a receiver finds all it needs at fixed places before the end of a line and does not read the other bytes.
 */

/** The last byte of the text of each measured message. */
export const mark = "~".charCodeAt(0);

/** The length of the text, without the command before it and CR LF after it. */
const textBytes = 100;

/** The most clients that send in turn or together; one digit of the line tells them apart. */
export const maxSenders = 8;

const sequenceDigits = 8;
const digitZero = "0".charCodeAt(0);
const encoder = new TextEncoder();

/** `PRIVMSG target :…` with CR LF. `sender` is one digit. */
export function benchLine(
  target: string,
  sender: number,
  sequence = 0,
  bytes = textBytes,
): Uint8Array<ArrayBuffer> {
  const tail = String(sequence).padStart(sequenceDigits, "0") + sender + String.fromCharCode(mark);
  return encoder.encode(`PRIVMSG ${target} :${"x".repeat(bytes - tail.length)}${tail}\r\n`);
}

/** The digit of the sender of the line whose text ends at `end`. */
export function senderAt(buffer: Uint8Array, end: number): number {
  return (buffer[end - 2] ?? digitZero) - digitZero;
}

/** The sequence number of the line whose text ends at `end`. */
export function sequenceAt(buffer: Uint8Array, end: number): number {
  let number = 0;
  for (let i = end - 2 - sequenceDigits; i < end - 2; i++) {
    number = number * 10 + (buffer[i] ?? 0) - digitZero;
  }
  return number;
}
