/**
 * Cloaks: what others see in place of an address. Three keyed hashes, of the address and of two networks around it,
 * the narrowest first, so that a ban on "*.k3v9x2a.p8d7qwm.ip4" holds a neighbourhood as a ban on 10.1.2.* would.
 * Without the key nobody can try all addresses until one fits. People on the server's own machine are "localhost";
 * people of the same local network are cloaked like all others, as a name would tell nothing a ban could use.
 */
import { createHmac } from "node:crypto";
import { firstBits, formatRange, isLoopback, parseAddress, shownAddress } from "../../irc/address.ts";

/** Bits of the address and the networks that are hashed. An IPv6 user has 64 bits to play with, so it starts there. */
const parts = { ip4: [32, 24, 16], ip6: [64, 48, 32] } as const;
const letters = "abcdefghijkmnpqrstuvwxyz23456789";
const length = 7;

/** What others see of an address: with a key its cloak, without one the address. The same key gives the same cloak for ever. */
export function cloak(address: string, key: Uint8Array | undefined): string {
  if (key === undefined) return shownAddress(address);
  if (isLoopback(address)) return "localhost";
  const bytes = parseAddress(address);
  if (bytes === undefined) return `${hash(key, address)}.unknown`;
  const kind = bytes.length === 4 ? "ip4" : "ip6";
  const hashes = parts[kind].map((bits) => hash(key, formatRange({ bytes: firstBits(bytes, bits), bits })));
  return `${hashes.join(".")}.${kind}`;
}

function hash(key: Uint8Array, text: string): string {
  const digest = createHmac("sha256", key).update(text).digest();
  return Array.from({ length }, (_, at) => letters[(digest[at] ?? 0) & 31]).join("");
}
