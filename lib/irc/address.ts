/** IP addresses: parsing, formatting, ranges (CIDR), and which addresses count as one peer. */
import { lastResult } from "./last_result.ts";

/** 4 bytes for IPv4, 16 for IPv6; undefined for anything else. */
export function parseAddress(text: string): Uint8Array | undefined {
  return text.includes(":") ? parseIpv6(text) : parseIpv4(text);
}

function parseIpv4(text: string): Uint8Array | undefined {
  const parts = text.split(".");
  const valid = parts.length === 4 &&
    parts.every((part) => /^(0|[1-9][0-9]{0,2})$/.test(part) && Number(part) < 256);
  return valid ? Uint8Array.from(parts, Number) : undefined;
}

function parseIpv6(text: string): Uint8Array | undefined {
  const dotted = /^(.*:)([0-9.]+)$/.exec(text);
  const tail = dotted?.[2]?.includes(".") ? parseIpv4(dotted[2]) : undefined;
  const words = tail === undefined ? text : `${dotted?.[1]}${wordOf(tail, 0)}:${wordOf(tail, 2)}`;
  const halves = words.split("::");
  if (halves.length > 2) return undefined;
  const [start = [], end] = halves.map((half) => half === "" ? [] : half.split(":"));
  const missing = 8 - start.length - (end?.length ?? 0);
  if (end === undefined ? missing !== 0 : missing < 1) return undefined;
  const all = [...start, ...Array<string>(end === undefined ? 0 : missing).fill("0"), ...end ?? []];
  if (!all.every((word) => /^[0-9a-fA-F]{1,4}$/.test(word))) return undefined;
  const bytes = new Uint8Array(16);
  const view = new DataView(bytes.buffer);
  all.forEach((word, at) => view.setUint16(at * 2, parseInt(word, 16)));
  return bytes;
}

function wordOf(bytes: Uint8Array, at: number): string {
  return (((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0)).toString(16);
}

/** All addresses whose first `bits` are those of `bytes`. */
export interface AddressRange {
  readonly bytes: Uint8Array;
  readonly bits: number;
}

/** "10.1.0.0/16", or one address; undefined for anything else. */
export function parseRange(text: string): AddressRange | undefined {
  const [address = "", length, ...rest] = text.split("/");
  const bytes = parseAddress(address);
  if (bytes === undefined || rest.length > 0) return undefined;
  if (length === undefined) return { bytes, bits: bytes.length * 8 };
  if (!/^[0-9]{1,3}$/.test(length) || Number(length) > bytes.length * 8) return undefined;
  return { bytes: firstBits(bytes, Number(length)), bits: Number(length) };
}

/** The address with all but its first `bits` cleared. */
export function firstBits(bytes: Uint8Array, bits: number): Uint8Array {
  return bytes.map((byte, at) => byte & (0xff00 >> Math.min(8, Math.max(0, bits - at * 8))));
}

/** IPv4 as "10.1.2.3"; IPv6 without leading zeros, and with "::" for the longest run of zeros. */
export function formatAddress(bytes: Uint8Array): string {
  if (bytes.length === 4) return bytes.join(".");
  const words = Array.from({ length: 8 }, (_, at) => wordOf(bytes, at * 2));
  const runs = words.join(":").match(/(?:^|:)0(?::0)+(?=:|$)/g) ?? [];
  const longest = runs.map((run) => run.replace(/^:/, "")).sort((a, b) => b.length - a.length)[0];
  const text = words.join(":");
  if (longest === undefined) return text;
  const at = `:${text}:`.indexOf(`:${longest}:`);
  return `${text.slice(0, Math.max(0, at - 1))}::${text.slice(at + longest.length + 1)}`;
}

/** The text that `parseRange` reads; a range of one address has no "/". */
export function formatRange({ bytes, bits }: AddressRange): string {
  return formatAddress(bytes) + (bits === bytes.length * 8 ? "" : `/${bits}`);
}

export function inRange({ bytes, bits }: AddressRange, address: Uint8Array): boolean {
  if (bytes.length !== address.length) return false;
  const first = firstBits(address, bits);
  return bytes.every((byte, at) => byte === first[at]);
}

const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i;

/**
 * The address as IPv4 if the system shows it as IPv6 ("::ffff:10.1.2.3"). The system does so if one socket accepts
 * both.
 */
export function plainAddress(address: string): string {
  return address.startsWith("::") ? mapped.exec(address)?.[1] ?? address : address;
}

/**
 * An address in the form that all code here uses: IPv4 inside IPv6 becomes plain IPv4. Undefined if the text is not an
 * address.
 */
export function writtenAddress(text: string): string | undefined {
  const bytes = parseAddress(text);
  return bytes && writtenBytes(bytes);
}

/** The same for an address in bytes. */
export function writtenBytes(bytes: Uint8Array): string {
  const isMapped = bytes.length === 16 &&
    bytes.every((byte, at) => at >= 12 || byte === (at < 10 ? 0 : 0xff));
  return formatAddress(isMapped ? bytes.subarray(12) : bytes);
}

/** Whether the address is this machine itself: 127.0.0.0/8 or ::1, in any notation. A name is not an address. */
export const isLoopback: (address: string) => boolean = lastResult((address) => {
  const bytes = parseAddress(plainAddress(address));
  if (bytes === undefined) return false;
  return bytes.length === 4 ? bytes[0] === 127 : bytes.every((byte, at) => byte === (at === 15 ? 1 : 0));
});

/**
 * The part of an address that identifies one peer: the 64-bit network of an IPv6 address, a whole IPv4 address.
 * A peer can change the other bits freely.
 */
export const peerOf: (address: string) => string = lastResult((address) => {
  const bytes = parseAddress(address);
  if (bytes === undefined || bytes.length === 4) return address;
  return formatRange({ bytes: firstBits(bytes, 64), bits: 64 });
});

/** An address as a parameter of a line: it never starts with a colon, which would end the parameters. */
export function shownAddress(address: string): string {
  return address.startsWith(":") ? `0${address}` : address;
}
