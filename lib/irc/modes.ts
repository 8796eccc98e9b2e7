/**
 * Channel and user modes: one row per letter, MODE parameters ⇄ changes, and the tokens that advertise the modes.
 * It does not decide who can change a mode. "q" is the founder's rank, as on most servers with founders, so a ban
 * "m:mask" (ban.ts) mutes people.
 */

/**
 * The parameter of a letter: "list" a mask (without one, the list is requested), "key" and "limit" a value, "rank" a
 * nick, "flag" none.
 */
export type ChannelModeKind = "list" | "key" | "limit" | "rank" | "flag";

/** One channel mode. */
export interface ChannelMode {
  readonly letter: string;
  readonly name: string;
  readonly kind: ChannelModeKind;
  /** A sentence for people. */
  readonly help: string;
}

/** A channel mode that is a member's rank; a higher level is a higher rank. */
export interface RankMode extends ChannelMode {
  readonly kind: "rank";
  readonly prefix: string;
  readonly level: number;
}

/** Highest first. */
export const ranks: readonly RankMode[] = [
  rank("q", "~", 5, "founder", "Owns the channel"),
  rank("a", "&", 4, "admin", "Ranks above operators; operators cannot kick an admin"),
  rank("o", "@", 3, "operator", "Changes modes and the topic, kicks, bans, and makes others operators"),
  rank("h", "%", 2, "half-operator", "Kicks and bans people without a rank, sets the topic and gives voice"),
  rank("v", "+", 1, "voice", "Speaks in a moderated channel"),
];

export const channelModes: readonly ChannelMode[] = [
  {
    letter: "b",
    name: "ban",
    kind: "list",
    help: "People who match the mask cannot join; m:mask only mutes them",
  },
  {
    letter: "e",
    name: "ban exception",
    kind: "list",
    help: "Bans do not apply to people who match the mask",
  },
  {
    letter: "I",
    name: "invite exception",
    kind: "list",
    help: "People who match the mask need no invitation",
  },
  { letter: "k", name: "key", kind: "key", help: "Only people who know the key can join" },
  {
    letter: "l",
    name: "limit",
    kind: "limit",
    help: "Nobody can join when the channel has this many members",
  },
  { letter: "C", name: "no CTCP", kind: "flag", help: "CTCP requests are refused; /me still works" },
  { letter: "R", name: "registered only", kind: "flag", help: "Only people who are logged in can join" },
  { letter: "i", name: "invite only", kind: "flag", help: "Only invited people can join" },
  { letter: "m", name: "moderated", kind: "flag", help: "Only people with voice or a higher rank can speak" },
  {
    letter: "n",
    name: "no outside messages",
    kind: "flag",
    help: "Only members can send messages to the channel",
  },
  {
    letter: "r",
    name: "registered",
    kind: "flag",
    help: "The channel has a founder, and it stays when all members leave",
  },
  { letter: "s", name: "secret", kind: "flag", help: "Only members can see the channel" },
  {
    letter: "t",
    name: "topic lock",
    kind: "flag",
    help: "Only half-operators and higher ranks can set the topic",
  },
  ...ranks,
];

/** One user mode; `change` says what users can do to it themselves. */
export interface UserMode {
  readonly letter: string;
  readonly name: string;
  readonly change: "on and off" | "off" | "no";
  readonly help: string;
}

export const userModes: readonly UserMode[] = [
  { letter: "B", name: "bot", change: "on and off", help: "Marks you as a bot" },
  {
    letter: "R",
    name: "registered only",
    change: "on and off",
    help: "Only people who are logged in can send you messages",
  },
  {
    letter: "i",
    name: "invisible",
    change: "on and off",
    help: "Only people who share a channel with you can find you",
  },
  { letter: "o", name: "server operator", change: "off", help: "Runs the server; OPER turns it on" },
  { letter: "r", name: "logged in", change: "no", help: "You are logged in to an account" },
  {
    letter: "w",
    name: "wallops",
    change: "on and off",
    help: "You receive messages from server operators to everybody",
  },
];

/** One change in a MODE message; `parameter` is undefined if the letter takes none or none was sent. */
export interface ModeChange<Mode extends { readonly letter: string } = ChannelMode> {
  readonly sign: "+" | "-";
  readonly mode: Mode;
  readonly parameter: string | undefined;
}

/** The parsed parameters of MODE; each letter is in `asked`, `missing` and `unknown` at most once. */
export interface ModeRequest {
  readonly changes: readonly ModeChange[];
  /** Requested lists: "b" without a mask. */
  readonly asked: readonly ChannelMode[];
  /** Modes that were skipped because their parameter is missing. */
  readonly missing: readonly ChannelMode[];
  /** Characters that are not a mode; safe to send as a parameter. */
  readonly unknown: readonly string[];
}

const channelModeRows = new Map(channelModes.map((mode) => [mode.letter, mode]));
const userModeOf = new Map(userModes.map((mode) => [mode.letter, mode]));
const rankOf = new Map(ranks.map((mode) => [mode.prefix, mode]));

/** Parses the parameters after the channel name: letters, then their parameters. Never throws. */
export function parseModes(params: readonly string[]): ModeRequest {
  const changes: ModeChange[] = [];
  const asked = new Set<ChannelMode>();
  const missing = new Set<ChannelMode>();
  const unknown = new Set<string>();
  let next = 1;
  for (const { sign, letter } of signed(params[0] ?? "")) {
    const mode = channelModeRows.get(letter);
    if (!mode) {
      unknown.add(letter);
      continue;
    }
    const parameter = takesParameter(mode, sign) ? params[next++] : undefined;
    // -k works without the key: a user with the right to remove it does not need to know it
    const ready = parameter !== undefined || mode.kind === "flag" || (sign === "-" && isSetting(mode));
    if (ready) changes.push({ sign, mode, parameter });
    else (mode.kind === "list" ? asked : missing).add(mode);
  }
  return { changes, asked: [...asked], missing: [...missing], unknown: [...unknown] };
}

/** Parses the letters after the nick. Never throws. */
export function parseUserModes(
  letters: string,
): { readonly changes: readonly ModeChange<UserMode>[]; readonly unknown: readonly string[] } {
  const changes: ModeChange<UserMode>[] = [];
  const unknown = new Set<string>();
  for (const { sign, letter } of signed(letters)) {
    const mode = userModeOf.get(letter);
    if (mode) changes.push({ sign, mode, parameter: undefined });
    else unknown.add(letter);
  }
  return { changes, unknown: [...unknown] };
}

/**
 * The parameters of MODE after the target, one array per line; `maxPerLine` (the MODES token) counts changes with a
 * parameter.
 */
export function formatModeChanges(
  changes: readonly ModeChange<{ readonly letter: string }>[],
  maxPerLine: number,
): string[][] {
  if (!(maxPerLine >= 1)) {
    throw new RangeError(`Cannot format modes as maxPerLine must be > 0: it is ${maxPerLine}`);
  }
  const lines: string[][] = [];
  let letters = "";
  let sign = "";
  let params: string[] = [];
  for (const change of changes) {
    if (change.parameter !== undefined && params.length === maxPerLine) {
      lines.push([letters, ...params]);
      [letters, sign, params] = ["", "", []];
    }
    letters += change.sign === sign ? change.mode.letter : change.sign + change.mode.letter;
    sign = change.sign;
    if (change.parameter !== undefined) params.push(change.parameter);
  }
  if (letters !== "") lines.push([letters, ...params]);
  return lines;
}

/** The highest level in a text of rank prefixes such as "@+"; 0 without rank. */
export function rankLevel(prefixes: string): number {
  let level = 0;
  for (const prefix of prefixes) level = Math.max(level, rankOf.get(prefix)?.level ?? 0);
  return level;
}

/** The lowest rank prefix in a text of rank prefixes ("@+" → "+"); undefined if the text contains anything else. */
export function lowestPrefix(text: string): string | undefined {
  const found = ranks.filter((rank) => text.includes(rank.prefix));
  return [...text].every((prefix) => rankOf.has(prefix)) ? found.at(-1)?.prefix : undefined;
}

/** `prefixes` with the prefix of `mode` added or removed, highest first. */
export function changeRank(prefixes: string, sign: "+" | "-", mode: RankMode): string {
  const remaining = ranks.filter((one) => one === mode ? sign === "+" : prefixes.includes(one.prefix));
  return remaining.map((one) => one.prefix).join("");
}

/** The channel mode of a letter. */
export function channelModeOf(letter: string): ChannelMode | undefined {
  return channelModeRows.get(letter);
}

/** Whether a channel mode is a rank; narrows the type. */
export function isRank(mode: ChannelMode): mode is RankMode {
  return mode.kind === "rank";
}

/** Whether `text` can be a channel key. People type it in JOIN, so it has no space, comma or control character. */
export function isKey(text: string, maxLength: number): boolean {
  return text.length <= maxLength && /^[^\p{Cc}\s,:][^\p{Cc}\s,]*$/u.test(text);
}

/** The parameter of "+l"; undefined if it is not a whole number above 0. */
export function parseLimit(text: string): number | undefined {
  if (!/^\+?[0-9]{1,9}$/.test(text)) return undefined;
  return Number(text) || undefined;
}

/** ISUPPORT CHANMODES: lists, always a parameter, a parameter when set, none. */
export const chanModesToken = (["list", "key", "limit", "flag"] as const).map(lettersOf).join();
/** ISUPPORT PREFIX. */
export const prefixToken = `(${lettersOf("rank")})${ranks.map((mode) => mode.prefix).join("")}`;
/** The last three parameters of RPL_MYINFO. */
export const myInfoModes: readonly string[] = [
  sorted(userModes),
  sorted(channelModes),
  sorted(channelModes.filter((mode) => mode.kind !== "flag")),
];

function rank(letter: string, prefix: string, level: number, name: string, help: string): RankMode {
  return { letter, name, kind: "rank", prefix, level, help };
}

function lettersOf(kind: ChannelModeKind): string {
  return channelModes.filter((mode) => mode.kind === kind).map((mode) => mode.letter).join("");
}

function sorted(modes: readonly { readonly letter: string }[]): string {
  return modes.map((mode) => mode.letter).sort().join("");
}

function takesParameter(mode: ChannelMode, sign: "+" | "-"): boolean {
  return mode.kind !== "flag" && !(mode.kind === "limit" && sign === "-");
}

function isSetting(mode: ChannelMode): boolean {
  return mode.kind === "key" || mode.kind === "limit";
}

/** The letters with their signs, "+" first. Spaces and colons are skipped, because no reply could quote them. */
function* signed(letters: string): Generator<{ sign: "+" | "-"; letter: string }> {
  let sign: "+" | "-" = "+";
  for (const letter of letters) {
    if (letter === "+" || letter === "-") sign = letter;
    else if (letter !== " " && letter !== ":") yield { sign, letter };
  }
}
