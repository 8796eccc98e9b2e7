/**
 * Texts that only the chat can make, because they are signed with a secret. Machines with the same secret accept the
 * texts of each other, and nothing is stored.
 */
import { createHmac, timingSafeEqual } from "node:crypto";

/** Signs and checks texts for one purpose. */
export class TextSigner {
  readonly #secret: Uint8Array;
  readonly #purpose: string;
  readonly #length: number | undefined;

  /** `purpose` keeps the signatures apart from those for other purposes; `length` shortens them, in characters. */
  constructor(secret: Uint8Array, purpose: string, length?: number) {
    this.#secret = secret;
    this.#purpose = purpose;
    this.#length = length;
  }

  /** The text with its signature: "TEXT.SIGNATURE". */
  sign(text: string): string {
    return `${text}.${this.#signatureOf(text)}`;
  }

  /** The text of sign(); undefined if the signature is wrong. */
  read(signed: string): string | undefined {
    const dot = signed.lastIndexOf(".");
    const text = signed.slice(0, Math.max(0, dot));
    const given = bytes(signed.slice(dot + 1));
    const expected = bytes(this.#signatureOf(text));
    return given.length === expected.length && timingSafeEqual(given, expected) ? text : undefined;
  }

  #signatureOf(text: string): string {
    const digest = createHmac("sha256", this.#secret).update(this.#purpose + text).digest("base64url");
    return digest.slice(0, this.#length);
  }
}

/** A text in base64url, without padding. */
export function encodeText(text: string): string {
  return bytes(text).toBase64({ alphabet: "base64url", omitPadding: true });
}

/** The text of encodeText(). Throws a SyntaxError for other words. */
export function decodeText(word: string): string {
  return new TextDecoder().decode(Uint8Array.fromBase64(word, { alphabet: "base64url" }));
}

function bytes(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}
