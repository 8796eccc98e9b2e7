/**
 * Bytes and digests for SCRAM: base64, SHA-256, HMAC, PBKDF2 and comparison in constant time. WebCrypto computes the
 * digests on another thread. Browsers refuse WebCrypto to a page loaded without encryption from another machine; such
 * a page sets a replacement with computeWith().
 */

/** Bytes that own their memory, as WebCrypto requires. */
export type Bytes = Uint8Array<ArrayBuffer>;

const encoder = new TextEncoder();

export function utf8(text: string): Bytes {
  return encoder.encode(text);
}

export function encode64(bytes: Uint8Array): string {
  return btoa(String.fromCharCode(...bytes));
}

/** The bytes; undefined if the text is not exact base64 with padding. */
export function decode64(text: string): Bytes | undefined {
  if (!/^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/.test(text)) return undefined;
  const binary = atob(text);
  const bytes = new Uint8Array(binary.length);
  for (let i = 0; i < bytes.length; i++) bytes[i] = binary.charCodeAt(i);
  return bytes;
}

/** The digest functions. */
export interface Digests {
  sha256(bytes: Bytes): Promise<Bytes>;
  hmac(key: Bytes, bytes: Bytes): Promise<Bytes>;
  /** 32 bytes of PBKDF2 with HMAC-SHA-256. */
  pbkdf2(password: Bytes, salt: Bytes, iterations: number): Promise<Bytes>;
}

const webCrypto: Digests = {
  async sha256(bytes) {
    return new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  },
  async hmac(key, bytes) {
    const how = { name: "HMAC", hash: "SHA-256" };
    const imported = await crypto.subtle.importKey("raw", key, how, false, ["sign"]);
    return new Uint8Array(await crypto.subtle.sign("HMAC", imported, bytes));
  },
  async pbkdf2(password, salt, iterations) {
    const key = await crypto.subtle.importKey("raw", password, "PBKDF2", false, ["deriveBits"]);
    const how = { name: "PBKDF2", hash: "SHA-256", salt, iterations };
    return new Uint8Array(await crypto.subtle.deriveBits(how, key, 256));
  },
};

let load = (): Promise<Digests> => Promise.resolve(webCrypto);

/** Replaces WebCrypto from now on; the replacement is loaded when the first digest is computed. */
export function computeWith(loadOther: () => Promise<Digests>): void {
  load = loadOther;
}

export async function sha256(bytes: Bytes): Promise<Bytes> {
  return (await load()).sha256(bytes);
}

export async function hmac(key: Bytes, bytes: Bytes): Promise<Bytes> {
  return (await load()).hmac(key, bytes);
}

export async function pbkdf2(password: Bytes, salt: Bytes, iterations: number): Promise<Bytes> {
  return (await load()).pbkdf2(password, salt, iterations);
}

/** Whether all bytes are equal; the time depends on the length only. */
export function equalBytes(one: Uint8Array, other: Uint8Array): boolean {
  if (one.length !== other.length) return false;
  let difference = 0;
  for (let i = 0; i < one.length; i++) difference |= (one[i] ?? 0) ^ (other[i] ?? 0);
  return difference === 0;
}

/** The xor of two byte arrays of equal length. */
export function xor(one: Bytes, other: Bytes): Bytes {
  return one.map((byte, at) => byte ^ (other[at] ?? 0));
}

/** The SHA-256 fingerprint of a certificate: "AB:CD:…" or "abcd…" → "abcd…"; undefined if it is none. */
export function parseFingerprint(text: string): string | undefined {
  const digits = text.replaceAll(":", "").toLowerCase();
  return /^[0-9a-f]{64}$/.test(digits) ? digits : undefined;
}
