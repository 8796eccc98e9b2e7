/**
 * Upload tokens: short-lived proof of who somebody is on the chat, for the web side. Signed with the chat's secret, so
 * that every machine of the chat takes what another one made and nothing is kept (draft/authtoken).
 */
import { createHmac, timingSafeEqual } from "node:crypto";
import type { Hub } from "./hub.ts";
import type { User } from "./user.ts";

/** How long a token is good for. */
const lifeMs = 10 * 60_000;

/** A token for this user: "OWNER.EXPIRES.SIGNATURE", the owner in base64url. */
export function makeToken(hub: Hub, user: User): string {
  const owner = new TextEncoder().encode(user.account ?? `~${user.nick}`).toBase64({
    alphabet: "base64url",
    omitPadding: true,
  });
  const claim = `${owner}.${(hub.now() + lifeMs).toString(36)}`;
  return `${claim}.${sign(hub, claim)}`;
}

/** Whose token it is: an account, or "~nick"; undefined when it is forged, too old, or its account may not enter. */
export function ownerOfToken(hub: Hub, token: string): string | undefined {
  const [owner = "", expires = "", signature = ""] = token.split(".");
  const expected = sign(hub, `${owner}.${expires}`);
  const isRight = signature.length === expected.length && timingSafeEqual(bytes(signature), bytes(expected));
  if (!isRight || parseInt(expires, 36) < hub.now()) return undefined;
  const name = new TextDecoder().decode(Uint8Array.fromBase64(owner, { alphabet: "base64url" }));
  if (name.startsWith("~")) return name;
  const account = hub.accounts.find(name);
  return account === undefined || account.suspended !== undefined ? undefined : account.name;
}

function sign(hub: Hub, claim: string): string {
  return createHmac("sha256", hub.tokenSecret).update(claim).digest("base64url");
}

function bytes(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}
