/**
 * SHA-256, HMAC and PBKDF2 (FIPS 180-4, RFC 2104, RFC 8018) for browsers that refuse WebCrypto to an unencrypted
 * page.
 * They are written out here because the page runs only our own modules, and no build step could include a package.
 * No table index and no branch depends on a secret.
 */
import type { Bytes, Digests } from "./digest.ts";

const blockBytes = 64;
/** The longest time the page can block. */
const sliceMs = 16;
/** Rounds between two checks of the clock. */
const sliceRounds = 512;

const primes = firstPrimes(64);
const initial = Int32Array.from(primes.slice(0, 8), (prime) => fraction(Math.sqrt(prime)));
const constants = Int32Array.from(primes, (prime) => fraction(Math.cbrt(prime)));
const schedule = new Int32Array(64);

/** Computes on the current thread; PBKDF2 pauses regularly so that the page can react. */
export const plainDigests: Digests = {
  sha256: (bytes) => Promise.resolve(toBytes(digest(initial, bytes))),
  hmac(key, bytes) {
    const { inner, outer } = keyed(key);
    return Promise.resolve(toBytes(digest(outer, toBytes(digest(inner, bytes, 1)), 1)));
  },
  async pbkdf2(password, salt, iterations) {
    const { inner, outer } = keyed(password);
    const block = paddedBlock();
    const round = digest(inner, new Uint8Array([...salt, 0, 0, 0, 1]), 1);
    const sum = new Int32Array(8);
    let startedMs = performance.now();
    for (let at = 0; at < iterations; at++) {
      if (at > 0) continueFrom(inner, block, round);
      continueFrom(outer, block, round);
      for (let i = 0; i < 8; i++) sum[i] = (sum[i] ?? 0) ^ (round[i] ?? 0);
      if (at % sliceRounds > 0 || performance.now() - startedMs < sliceMs) continue;
      await new Promise((resolve) => setTimeout(resolve));
      startedMs = performance.now();
    }
    return toBytes(sum);
  },
};

/** The start of HMAC: the states after one block of the key, in its two forms. */
function keyed(key: Bytes): { readonly inner: Int32Array; readonly outer: Int32Array } {
  const padded = new Uint8Array(blockBytes);
  padded.set(key.length > blockBytes ? toBytes(digest(initial, key)) : key);
  const behind = (mask: number) => {
    const state = initial.slice();
    compress(state, toWords(padded.map((byte) => byte ^ mask), 0));
    return state;
  };
  return { inner: behind(0x36), outer: behind(0x5c) };
}

/** The last block of a message that has one block and one digest. */
function paddedBlock(): Int32Array {
  const block = new Int32Array(16);
  block[8] = 1 << 31;
  block[15] = (blockBytes + 32) * 8;
  return block;
}

/**
 * Replaces a digest by its own digest, starting at a state. It allocates nothing, because it runs a million times.
 */
function continueFrom(from: Int32Array, block: Int32Array, words: Int32Array): void {
  block.set(words);
  words.set(from);
  compress(words, block);
}

/** The digest of bytes, starting at the state after `blocksBefore` blocks. */
function digest(from: Int32Array, bytes: Uint8Array, blocksBefore = 0): Int32Array {
  const padded = new Uint8Array(Math.ceil((bytes.length + 9) / blockBytes) * blockBytes);
  padded.set(bytes);
  padded[bytes.length] = 0x80;
  const bits = BigInt(blocksBefore * blockBytes + bytes.length) * 8n;
  new DataView(padded.buffer).setBigUint64(padded.length - 8, bits);
  const state = from.slice();
  for (let at = 0; at < padded.length; at += blockBytes) compress(state, toWords(padded, at));
  return state;
}

/** Adds a block of 16 words to a state of 8. The letters are those of FIPS 180-4. */
function compress(state: Int32Array, block: Int32Array): void {
  const w = schedule;
  w.set(block);
  for (let i = 16; i < 64; i++) {
    const early = w[i - 15] ?? 0;
    const late = w[i - 2] ?? 0;
    const mixedEarly = rotate(early, 7) ^ rotate(early, 18) ^ (early >>> 3);
    const mixedLate = rotate(late, 17) ^ rotate(late, 19) ^ (late >>> 10);
    w[i] = ((w[i - 16] ?? 0) + mixedEarly + (w[i - 7] ?? 0) + mixedLate) | 0;
  }
  let a = word(state, 0);
  let b = word(state, 1);
  let c = word(state, 2);
  let d = word(state, 3);
  let e = word(state, 4);
  let f = word(state, 5);
  let g = word(state, 6);
  let h = word(state, 7);
  for (let i = 0; i < 64; i++) {
    const chosen = (e & f) ^ (~e & g);
    const majority = (a & b) ^ (a & c) ^ (b & c);
    const mixed = rotate(e, 6) ^ rotate(e, 11) ^ rotate(e, 25);
    const one = (h + mixed + chosen + (constants[i] ?? 0) + (w[i] ?? 0)) | 0;
    const two = ((rotate(a, 2) ^ rotate(a, 13) ^ rotate(a, 22)) + majority) | 0;
    h = g;
    g = f;
    f = e;
    e = (d + one) | 0;
    d = c;
    c = b;
    b = a;
    a = (one + two) | 0;
  }
  state[0] = word(state, 0) + a;
  state[1] = word(state, 1) + b;
  state[2] = word(state, 2) + c;
  state[3] = word(state, 3) + d;
  state[4] = word(state, 4) + e;
  state[5] = word(state, 5) + f;
  state[6] = word(state, 6) + g;
  state[7] = word(state, 7) + h;
}

function word(words: Int32Array, at: number): number {
  return words[at] ?? 0;
}

function rotate(word: number, bits: number): number {
  return (word >>> bits) | (word << (32 - bits));
}

function toWords(bytes: Uint8Array, from: number): Int32Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset + from, blockBytes);
  return Int32Array.from({ length: blockBytes / 4 }, (_, at) => view.getInt32(at * 4));
}

function toBytes(words: Int32Array): Bytes {
  const view = new DataView(new ArrayBuffer(words.length * 4));
  words.forEach((word, at) => view.setInt32(at * 4, word));
  return new Uint8Array(view.buffer);
}

/** The first 32 bits after the decimal point. */
function fraction(root: number): number {
  return Math.floor((root % 1) * 2 ** 32) | 0;
}

function firstPrimes(count: number): number[] {
  const found: number[] = [];
  for (let number = 2; found.length < count; number++) {
    if (found.every((prime) => number % prime !== 0)) found.push(number);
  }
  return found;
}
