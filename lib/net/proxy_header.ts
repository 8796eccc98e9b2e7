/**
 * The first bytes from a proxy, with the visitor's address: the PROXY protocol of HAProxy, version 1 (text) and 2
 * (binary).
 * Pure. The caller decides whether to trust the peer.
 */
import { parseAddress, writtenAddress, writtenBytes } from "../irc/address.ts";

/** A complete header. */
export interface ProxyHeader {
  /** Its length in bytes; the visitor's bytes follow. */
  readonly length: number;
  /** The visitor's address; undefined if the proxy speaks for itself, or if the visitor has no IP address. */
  readonly source: { readonly hostname: string; readonly port: number } | undefined;
  /** The visitor reached the proxy by TLS; only version 2 can say so. */
  readonly secure: boolean;
}

/** The longest accepted header; version 2 exceeds a few hundred bytes only with a visitor's certificate. */
export const maxHeaderBytes = 4096;

const maxLineBytes = 107;
const lineStart = Uint8Array.from("PROXY ", (letter) => letter.charCodeAt(0));
const signature = Uint8Array.from("\r\n\r\n\0\r\nQUIT\n", (letter) => letter.charCodeAt(0));
const fixedBytes = signature.length + 4;
const commands = { local: 0, proxy: 1 } as const;
const families = { none: 0, ipv4: 1, ipv6: 2, unix: 3 } as const;
const transports = { none: 0, stream: 1, datagram: 2 } as const;
const addressBytes: readonly number[] = [0, 4, 16, 108];
const encryption = { type: 0x20, bySecureClient: 1 } as const;

/**
 * Parses the first bytes: a header, the start of one ("more" bytes are needed), a malformed one, or none.
 * The result does not depend on how the bytes were split.
 */
export function parseProxyHeader(bytes: Uint8Array): ProxyHeader | "more" | "malformed" | "none" {
  if (startsAlike(bytes, lineStart)) return bytes.length < lineStart.length ? "more" : parseLine(bytes);
  if (startsAlike(bytes, signature)) return bytes.length < fixedBytes ? "more" : parseBinary(bytes);
  return "none";
}

/** Whether the bytes are the start of a header; the name of version 1 must be complete. */
export function isProxyHeader(bytes: Uint8Array): boolean {
  return bytes.length >= lineStart.length && (startsAlike(bytes, lineStart) || startsAlike(bytes, signature));
}

function startsAlike(bytes: Uint8Array, start: Uint8Array): boolean {
  for (let at = 0; at < start.length && at < bytes.length; at++) if (bytes[at] !== start[at]) return false;
  return true;
}

function parseLine(bytes: Uint8Array): ProxyHeader | "more" | "malformed" {
  const end = bytes.subarray(0, maxLineBytes).indexOf(0x0a);
  if (end < 0) return bytes.length < maxLineBytes ? "more" : "malformed";
  const line = String.fromCharCode(...bytes.subarray(0, end + 1));
  const length = line.length;
  if (/^PROXY UNKNOWN( [^\r\n]*)?\r\n$/.test(line)) return { length, source: undefined, secure: false };
  const [, family, ...rest] = /^PROXY TCP([46]) (\S+) (\S+) (\S+) (\S+)\r\n$/.exec(line) ?? [];
  const [from = "", to = "", fromPort = "", toPort = ""] = rest;
  const size = family === "4" ? 4 : 16;
  if (parseAddress(from)?.length !== size || parseAddress(to)?.length !== size) return "malformed";
  const hostname = writtenAddress(from);
  if (hostname === undefined || !isPort(fromPort) || !isPort(toPort)) return "malformed";
  return { length, source: { hostname, port: Number(fromPort) }, secure: false };
}

function isPort(text: string): boolean {
  return /^(0|[1-9]\d{0,4})$/.test(text) && Number(text) <= 65_535;
}

function parseBinary(bytes: Uint8Array): ProxyHeader | "more" | "malformed" {
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  const [kind, ends] = [view.getUint8(signature.length), view.getUint8(signature.length + 1)];
  const length = fixedBytes + view.getUint16(signature.length + 2);
  const [version, command, family, transport] = [kind >> 4, kind & 0x0f, ends >> 4, ends & 0x0f];
  if (version !== 2 || command > commands.proxy || length > maxHeaderBytes) return "malformed";
  if (family > families.unix || transport > transports.datagram) return "malformed";
  if (bytes.length < length) return "more";
  if (command === commands.local || family === families.none) {
    return { length, source: undefined, secure: false };
  }
  const size = addressBytes[family] ?? 0;
  const isInternet = family === families.ipv4 || family === families.ipv6;
  const extras = fixedBytes + size * 2 + (isInternet ? 4 : 0);
  const secure = extras > length ? undefined : saysSecure(bytes.subarray(extras, length));
  if (secure === undefined) return "malformed";
  if (!isInternet || transport !== transports.stream) return { length, source: undefined, secure };
  const hostname = writtenBytes(bytes.slice(fixedBytes, fixedBytes + size));
  return { length, source: { hostname, port: view.getUint16(fixedBytes + size * 2) }, secure };
}

/**
 * Searches the values after the addresses: each has a type, a length of two bytes, and a value. Undefined if one is
 * incomplete.
 */
function saysSecure(extras: Uint8Array): boolean | undefined {
  let secure = false;
  for (let at = 0; at < extras.length;) {
    const [type = 0, high = 0, low] = extras.subarray(at, at + 3);
    if (low === undefined) return undefined;
    const value = extras.subarray(at + 3, at + 3 + high * 256 + low);
    if (value.length < high * 256 + low) return undefined;
    if (type === encryption.type && ((value[0] ?? 0) & encryption.bySecureClient) !== 0) secure = true;
    at += 3 + value.length;
  }
  return secure;
}
