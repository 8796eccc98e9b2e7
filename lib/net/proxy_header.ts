/**
 * What a proxy says first about who it speaks for: the PROXY protocol of HAProxy, versions 1 (a line) and 2 (bytes).
 * Pure. Whether the peer is a proxy to be believed is not asked here.
 */
import { parseAddress, writtenAddress, writtenBytes } from "../irc/address.ts";

/** A whole header. */
export interface ProxyHeader {
  /** How many bytes it takes; what follows is the visitor's. */
  readonly length: number;
  /** The visitor's end; undefined where the proxy speaks for itself, or for what has no IP address. */
  readonly source: { readonly hostname: string; readonly port: number } | undefined;
  /** The visitor reached the proxy by TLS; only version 2 can say so. */
  readonly secure: boolean;
}

/** A header may be so long; one of version 2 is longer than some hundred bytes only with a visitor's certificate. */
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
 * What the first bytes of a connection are: a header, the start of one ("more" is needed), one that is wrong, or none.
 * The same bytes in other pieces give the same answer in the end.
 */
export function parseProxyHeader(bytes: Uint8Array): ProxyHeader | "more" | "malformed" | "none" {
  if (startsAlike(bytes, lineStart)) return bytes.length < lineStart.length ? "more" : parseLine(bytes);
  if (startsAlike(bytes, signature)) return bytes.length < fixedBytes ? "more" : parseBinary(bytes);
  return "none";
}

/** Whether the first bytes are those of a header, as far as they go; at least a version 1's name must be there. */
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

/** Looks through what follows the addresses: each has a type, a length of two bytes, and a value. Undefined when it is cut. */
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
