/** Reads the arguments of the command line: the server, its channels, and the job to do there. Pure. */

import { isThisComputer } from "../../net/strict_transport.ts";

/** A server, and channels on it. */
export interface Destination {
  /** "irc://host:port", or "ircs://host:port" for TLS. */
  readonly address: string;
  /** Nobody wrote that the connection should be encrypted: it is the rule for other computers. */
  readonly isTlsImplied: boolean;
  /** Each is a name, or a name, a space and a key. */
  readonly channels: readonly string[];
}

/** The flags that name a destination. */
export interface DestinationFlags {
  readonly host: string;
  readonly port: number | undefined;
  readonly tls: boolean;
  readonly plain: boolean;
  readonly channel: readonly string[];
}

/** One job for a script. */
export type Job =
  /** Without a text it sends standard input. */
  | { readonly kind: "send"; readonly target: string; readonly text: string | undefined }
  | { readonly kind: "tail"; readonly channels: readonly string[] }
  | { readonly kind: "history"; readonly target: string };

/** A mistake in the arguments, as a sentence. */
export interface ArgumentFault {
  readonly fault: string;
}

const ports = { "irc:": 6667, "ircs:": 6697 } as const;
/** The name of each job, with its help. */
export const jobs: readonly (readonly [word: Job["kind"], does: string])[] = [
  ["send", "send one message and end"],
  ["tail", "print new messages until you stop it"],
  ["history", "print earlier messages"],
];

/** The job that the words name, and the other words: at most an address. */
export function jobOf(
  words: readonly string[],
): { readonly job: Job | undefined; readonly rest: readonly string[] } | ArgumentFault {
  const at = words.findIndex((word) => !isAddress(word) && !isHost(word));
  const name = words[at] ?? "";
  if (!jobs.some(([word]) => word === name)) return { job: undefined, rest: words };
  const [target, ...texts] = words.slice(at + 1).filter((word, position) => !isAddress(word) || position > 1);
  const rest = words.filter((word, position) => position < at || (isAddress(word) && position < at + 3));
  if (name === "tail") {
    const channels = [target ?? [], ...texts].flat().map(channelName);
    return { job: { kind: "tail", channels }, rest };
  }
  if (target === undefined || target === "" || /[\s,]/.test(target)) {
    return { fault: `Cannot use "${name}" without a channel or a name: write ${name} '#CHANNEL'` };
  }
  if (name === "history") {
    if (texts.length > 0) return { fault: `Cannot use "${texts[0]}": history takes one channel` };
    return { job: { kind: "history", target }, rest };
  }
  const text = texts.length === 0 ? undefined : texts.join(" ");
  if (text?.trim() === "") return { fault: "Cannot send an empty message" };
  return { job: { kind: "send", target, text }, rest };
}

/** The destination in irc://host:port/#channel,#channel, or in the flags. */
export function destinationOf(
  words: readonly string[],
  { host, port, tls, plain, channel }: DestinationFlags,
): Destination | ArgumentFault {
  const [written, more] = words;
  const flagChannels = channel.map(channelName);
  const wrong = flagChannels.find((written) => !/^[^\s,]+( [^\s,]+)?$/.test(written));
  if (wrong !== undefined) {
    return { fault: `Cannot join "${wrong}": write one '#CHANNEL' or '#CHANNEL KEY', without commas` };
  }
  if (tls && plain) return { fault: "Cannot use --tls and --plain together: write one of them" };
  const name = host.includes(":") ? `[${host}]` : host;
  const isNamed = written !== undefined && !isHost(written);
  const place = written === undefined ? `${name}${port === undefined ? "" : `:${port}`}` : written;
  const isTlsImplied = !isNamed && !tls && !plain &&
    !isThisComputer(URL.parse(`irc://${place}`)?.hostname ?? "");
  const scheme = tls || isTlsImplied ? "ircs:" : "irc:";
  if (written === undefined) {
    const address = `${scheme}//${name}:${port ?? ports[scheme]}`;
    return { address, isTlsImplied, channels: flagChannels };
  }
  const url = URL.parse(isNamed ? written : `${scheme}//${written}`);
  if (url === null || !/^ircs?:$/.test(url.protocol) || url.hostname === "") {
    const jobNames = jobs.map(([word]) => word).join(", ");
    return {
      fault: `Cannot use "${written}": write ${jobNames} or an address such as irc://127.0.0.1:6667/#lobby`,
    };
  }
  if (more !== undefined) return { fault: `Cannot use "${more}": write only one address` };
  if (plain && url.protocol === "ircs:") {
    return { fault: `Cannot use --plain with "${written}": ircs:// means TLS` };
  }
  const addressScheme = tls || url.protocol === "ircs:" ? "ircs:" : "irc:";
  const path = decodePath(url.pathname.slice(1) || url.hash);
  const channels = path.split(",").filter((name) => name !== "").map(channelName);
  return {
    address: `${addressScheme}//${url.hostname}:${url.port || (port ?? ports[addressScheme])}`,
    isTlsImplied,
    channels: channels.length > 0 ? channels.map((name) => withKey(name, flagChannels)) : flagChannels,
  };
}

/** A channel with its key, when that is among the channels of the flags; else without one. */
export function withKey(name: string, written: readonly string[]): string {
  return written.find((one) => one.split(" ")[0]?.toLowerCase() === name.toLowerCase()) ?? name;
}

/** An address without a scheme: "chat.example", "localhost:6667" or "[::1]:6667/#tea". */
function isHost(word: string): boolean {
  return /^(localhost|\[[\da-f:.]+\]|[\w-]+(\.[\w-]+)+|[\w-]+(?=:\d))(:\d+)?(\/|#|$)/i.test(word);
}

function isAddress(word: string): boolean {
  return /^ircs?:\/\//i.test(word);
}

function decodePath(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch (error) {
    if (error instanceof URIError) return text;
    throw error;
  }
}

/** The "#" can be omitted, because in a shell it begins a comment. */
function channelName(written: string): string {
  return /^[#&]/.test(written) ? written : `#${written}`;
}

/** The time, in milliseconds since 1970, of "2h" (two hours ago) or a date; undefined for other text. */
export function timeOf(written: string, now: number): number | undefined {
  const [, count, unit = ""] = /^(\d{1,6})([smhdw])$/.exec(written) ?? [];
  if (count !== undefined) return now - Number(count) * (unitMs[unit] ?? 0);
  const at = /^\d{4}-\d\d-\d\d/.test(written) ? Date.parse(written) : NaN;
  return Number.isNaN(at) ? undefined : at;
}

const unitMs: Readonly<Record<string, number>> = {
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 604_800_000,
};
