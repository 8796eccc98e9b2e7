/**
 * Cloaks: others see them instead of addresses. A cloak is three keyed hashes: of the address and of two networks
 * around it, the smallest first. So a ban on "*.k3v9x2a.p8d7qwm.ip4" covers a network as a ban on 10.1.2.* does. The
 * key prevents others from trying all addresses. Users on the server's own machine are "localhost"; users of the
 * local network are cloaked like all others, because bans need the hashes.
 */
import { createHmac } from "node:crypto";
import { firstBits, formatRange, isLoopback, parseAddress, shownAddress } from "../../irc/address.ts";

/**
 * Bits of the address and the networks that are hashed. An IPv6 user controls the last 64 bits, so they are not
 * hashed.
 */
const parts = { ip4: [32, 24, 16], ip6: [64, 48, 32] } as const;
const letters = "abcdefghijkmnpqrstuvwxyz23456789";
const length = 7;

/** The cloak of an address; without a key the address itself. The same key always gives the same cloak. */
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
