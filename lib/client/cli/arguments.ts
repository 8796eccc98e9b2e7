/** Where to go, and what to do there, from the words of a command line: pure. */

/** A server, and rooms on it. */
export interface Destination {
  /** "irc://host:port", or "ircs://host:port" for TLS. */
  readonly address: string;
  readonly rooms: readonly string[];
}

/** What the flags say about it. */
export interface PlaceFlags {
  readonly host: string;
  readonly port: number | undefined;
  readonly tls: boolean;
  readonly room: readonly string[];
}

/** What a program of one's own may ask for. */
export type Job =
  /** Without text, standard input is sent. */
  | { readonly kind: "send"; readonly target: string; readonly text: string | undefined }
  | { readonly kind: "tail"; readonly rooms: readonly string[] }
  | { readonly kind: "history"; readonly target: string };

/** Something that makes no sense, in a sentence. */
export interface Fault {
  readonly fault: string;
}

const ports = { "irc:": 6667, "ircs:": 6697 } as const;
/** The words for them, and what each does. */
export const jobs: readonly (readonly [word: Job["kind"], does: string])[] = [
  ["send", "Says one thing, and ends when it has arrived"],
  ["tail", "Prints what is said until it is stopped"],
  ["history", "Prints what was said before"],
];

/** The job in the first word, and the words that are left: an address at most. */
export function jobOf(
  words: readonly string[],
): { readonly job: Job | undefined; readonly rest: readonly string[] } | Fault {
  const at = words.findIndex((word) => !isAddress(word));
  const name = words[at] ?? "";
  if (!jobs.some(([word]) => word === name)) return { job: undefined, rest: words };
  const [target, ...texts] = words.slice(at + 1).filter((word, place) => !isAddress(word) || place > 1);
  const rest = words.filter((word, place) => isAddress(word) && place < at + 3);
  if (name === "tail") {
    const rooms = [target ?? [], ...texts].flat().map(roomName);
    return { job: { kind: "tail", rooms }, rest };
  }
  if (target === undefined || target === "" || /[\s,]/.test(target)) {
    return { fault: `Cannot ${name} without a room or a name: write client.ts ${name} '#ROOM'` };
  }
  if (name === "history") {
    if (texts.length > 0) return { fault: `Cannot use "${texts[0]}": history takes one room` };
    return { job: { kind: "history", target }, rest };
  }
  const text = texts.length === 0 ? undefined : texts.join(" ");
  if (text?.trim() === "") return { fault: "Cannot send an empty message" };
  return { job: { kind: "send", target, text }, rest };
}

/** From irc://host:port/#room,#room, or from the flags. */
export function placeOf(
  words: readonly string[],
  { host, port, tls, room }: PlaceFlags,
): Destination | Fault {
  const [written, more] = words;
  if (more !== undefined) return { fault: `Cannot use "${more}": only one address is taken` };
  const flagRooms = room.map(roomName);
  const wrong = flagRooms.find((name) => /[\s,]/.test(name));
  if (wrong !== undefined) {
    return { fault: `Cannot enter "${wrong}": a room's name has no spaces and no commas` };
  }
  const scheme = tls ? "ircs:" : "irc:";
  if (written === undefined) {
    const name = host.includes(":") ? `[${host}]` : host;
    return { address: `${scheme}//${name}:${port ?? ports[scheme]}`, rooms: flagRooms };
  }
  const url = URL.parse(isHost(written) ? `${scheme}//${written}` : written);
  if (url === null || !/^ircs?:$/.test(url.protocol) || url.hostname === "") {
    return { fault: `Cannot use "${written}": an address looks like irc://127.0.0.1:6667/#lobby` };
  }
  const own = tls || url.protocol === "ircs:" ? "ircs:" : "irc:";
  const path = decoded(url.pathname.slice(1) || url.hash);
  const rooms = path.split(",").filter((name) => name !== "").map(roomName);
  return {
    address: `${own}//${url.hostname}:${url.port || (port ?? ports[own])}`,
    rooms: rooms.length > 0 ? rooms : flagRooms,
  };
}

/** "chat.example", "localhost:6667" or "[::1]:6667/#tea": as people write it. */
function isHost(word: string): boolean {
  return /^(localhost|\[[\da-f:.]+\]|[\w-]+(\.[\w-]+)+|[\w-]+(?=:\d))(:\d+)?(\/|#|$)/i.test(word);
}

function isAddress(word: string): boolean {
  return /^ircs?:\/\//i.test(word);
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch (error) {
    if (error instanceof URIError) return text;
    throw error;
  }
}

/** "#" may be left out, as shells take it for a comment. */
function roomName(written: string): string {
  return /^[#&]/.test(written) ? written : `#${written}`;
}

/** A time as milliseconds since 1970: "2h" ago, or a date; undefined when it is none. */
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
