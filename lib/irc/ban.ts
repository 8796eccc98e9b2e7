/** Bans and the other entries of list modes: masks, mutes ("m:") and accounts ("a:"). Pure. */
import { compileMask } from "./compiled_mask.ts";
import { matchMask } from "./mask.ts";
import { MaskedText } from "./masked_text.ts";
import { fold } from "./names.ts";

/** A mask with all three parts: "bob" → "bob!*@*", "*@host" → "*!*@host", "10.0.0.*" (no nick has a "." or ":") → "*!*@10.0.0.*". */
export function completeMask(mask: string): string {
  if (/[.:]/.test(mask) && !/[!@]/.test(mask)) return `*!*@${mask}`;
  const at = mask.lastIndexOf("@");
  const host = at < 0 ? "" : mask.slice(at + 1);
  const name = at < 0 ? mask : mask.slice(0, at);
  const bang = name.indexOf("!");
  const [nick, username] = bang >= 0
    ? [name.slice(0, bang), name.slice(bang + 1)]
    : at >= 0
    ? ["", name]
    : [name, ""];
  return `${nick || "*"}!${username || "*"}@${host || "*"}`;
}

/** An entry of a list mode: the users that it matches, and whether it only mutes them. */
export interface Ban {
  readonly mute: boolean;
  /** "account": `mask` is compared with the account name, not with nick!username@host. */
  readonly by: "source" | "account";
  readonly mask: string;
}

/** Never fails. "m:" and "a:" can be combined. A mask of names is completed, so equal entries have equal text. */
export function parseBan(text: string): Ban {
  const mute = text.startsWith("m:") && text.length > 2;
  const rest = mute ? text.slice(2) : text;
  if (rest.startsWith("a:") && rest.length > 2) return { mute, by: "account", mask: rest.slice(2) };
  return { mute, by: "source", mask: completeMask(rest) };
}

/** The form for storing, showing and comparing. */
export function formatBan(ban: Ban): string {
  return (ban.mute ? "m:" : "") + (ban.by === "account" ? "a:" : "") + ban.mask;
}

/**
 * Whether the entry matches a user with this source ("nick!username@host") and account (undefined if not logged in).
 */
export function matchBan(ban: Ban, source: string, account: string | undefined): boolean {
  if (ban.by === "account") return account !== undefined && matchMask(ban.mask, account);
  // A user is compared with all entries of all its channels, one after the other.
  if (lastSource.text !== source) lastSource = new MaskedText(source);
  return lastSource.matches(ban.mask);
}

let lastSource = new MaskedText("");

/** The same test, prepared for an entry that is compared with many users. */
export function banTest(ban: Ban): (source: string, account: string | undefined) => boolean {
  if (ban.by === "account") return (source, account) => matchBan(ban, source, account);
  const matches = compileMask(ban.mask);
  return (source) => matches(fold(source));
}

/** ISUPPORT EXTBAN: no character stands before "m:" and "a:". */
export const extBanToken = ",am";
/** ISUPPORT ACCOUNTEXTBAN. */
export const accountExtBanToken = "a";
