/**
 * Cloaks: others see them instead of addresses. A cloak is three keyed hashes: of the address and of two networks
 * around it, the smallest first. So a ban on "*.k3v9x2a.p8d7qwm.ip4" covers a network as a ban on 10.1.2.* does. The
 * key prevents others from trying all addresses. Users of the local network are cloaked like all others, because bans need
 * the hashes. Users on the server's own machine all have one address, so their host is made from their name: programs
 * that count, ignore or ban by host would otherwise take them for one person. "*.localhost" matches them all, and
 * "*.proxy" those behind a proxy on this machine that does not name their addresses.
 */
import { createHmac } from "node:crypto";
import { firstBits, formatRange, isLoopback, parseAddress, shownAddress } from "../../irc/address.ts";
import { fold } from "../../irc/names.ts";

/**
 * Bits of the address and the networks that are hashed. An IPv6 user controls the last 64 bits, so they are not
 * hashed.
 */
const parts = { ip4: [32, 24, 16], ip6: [64, 48, 32] } as const;
const letters = "abcdefghijkmnpqrstuvwxyz23456789";
const length = 7;

/** An account or nick that can be a part of a host name; others are hashed. */
const namePart = /^[a-z0-9_][a-z0-9_-]{0,39}$/;

/** The part of a connection that its cloak depends on. */
export interface CloakedPeer {
  readonly address: string;
  /** See ServerConnection. */
  readonly isLocal: boolean;
}

/**
 * The cloak of a peer; without a key its address. The same key always gives the same cloak. `person` is the account, or
 * else the first nick; "" before it is known.
 */
export function cloak(
  { address, isLocal }: CloakedPeer,
  key: Uint8Array | undefined,
  person: string,
): string {
  if (key === undefined) return shownAddress(address);
  if (isLoopback(address)) return hostOnThisMachine(key, fold(person), isLocal ? "localhost" : "proxy");
  const bytes = parseAddress(address);
  if (bytes === undefined) return `${hash(key, address)}.unknown`;
  const kind = bytes.length === 4 ? "ip4" : "ip6";
  const hashes = parts[kind].map((bits) => hash(key, formatRange({ bytes: firstBits(bytes, bits), bits })));
  return `${hashes.join(".")}.${kind}`;
}

function hostOnThisMachine(key: Uint8Array, person: string, ending: string): string {
  if (person === "") return ending;
  return `${namePart.test(person) ? person : hash(key, `person ${person}`)}.${ending}`;
}

function hash(key: Uint8Array, text: string): string {
  const digest = createHmac("sha256", key).update(text).digest();
  return Array.from({ length }, (_, at) => letters[(digest[at] ?? 0) & 31]).join("");
}
