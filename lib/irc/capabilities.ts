/**
 * The capabilities the server offers, one row each. They filter which tags and commands a client receives.
 * To add a capability, add a row; command handlers never ask which capabilities a client has.
 */

/** One capability a client can ask for (IRCv3 capability negotiation, version 302). */
export interface Capability {
  /** Only clients with this capability receive these message tags. */
  readonly tags?: readonly string[];
  /** Only clients with this capability receive these commands. */
  readonly commands?: readonly string[];
  /** The capability changes received lines in another way, so it is part of the recipient profile. */
  readonly shapes?: true;
  /** Its specification answers these commands with standard replies, so its clients know them. */
  readonly replies?: readonly string[];
  /** The value after "=" in CAP LS 302. Without it, or if it is "", CAP LS shows only the name. */
  readonly value?: keyof CapabilityValues;
}

/** The values after "=" in CAP LS 302. An undefined value hides the capability. */
export interface CapabilityValues {
  readonly sasl?: string | undefined;
  readonly register?: string | undefined;
  readonly sts?: string | undefined;
  readonly multiline?: string;
  /** The parameters of SEARCH that the specification does not have. */
  readonly search?: string;
}

/** All capabilities, by their names on the wire. */
export const capabilities = {
  "account-notify": { commands: ["ACCOUNT"] },
  "account-tag": { tags: ["account"] },
  "away-notify": { commands: ["AWAY"] },
  "batch": { tags: ["batch"], commands: ["BATCH"], replies: ["TOKEN"] },
  "cap-notify": {},
  "chghost": { commands: ["CHGHOST"] },
  "draft/account-registration": { value: "register", replies: ["REGISTER", "VERIFY"] },
  "draft/chathistory": { replies: ["CHATHISTORY"] },
  "draft/event-playback": {},
  "draft/extended-isupport": {},
  "draft/message-redaction": { commands: ["REDACT"], replies: ["REDACT"] },
  "draft/multiline": { shapes: true, value: "multiline", replies: ["BATCH"] },
  "draft/no-implicit-names": {},
  "draft/pre-away": { shapes: true },
  "draft/read-marker": { commands: ["MARKREAD"], replies: ["MARKREAD"] },
  "echo-message": { shapes: true },
  "extended-join": { shapes: true },
  "extended-monitor": {},
  "invite-notify": { shapes: true },
  "labeled-response": { tags: ["label"] },
  "message-tags": { tags: ["msgid", "bot"], commands: ["TAGMSG"] },
  "multi-prefix": {},
  "no-implicit-names": {},
  "parley/long-lines": { shapes: true },
  "sasl": { value: "sasl" },
  "server-time": { tags: ["time"] },
  "setname": { commands: ["SETNAME"], replies: ["SETNAME"] },
  "soju.im/search": { value: "search", replies: ["SEARCH"] },
  "standard-replies": {},
  "sts": { value: "sts" },
  "userhost-in-names": {},
} as const satisfies Record<string, Capability>;

/** The name of a capability the server offers. */
export type CapabilityName = keyof typeof capabilities;

const rows = Object.entries(capabilities) as [CapabilityName, Capability][];

/** One bit for each capability that changes what a client receives; 0 for the others. */
export const capabilityBits: Readonly<Record<CapabilityName, number>> = Object.fromEntries(
  rows.map(([name], at) => [name, bitOf(name, at)]),
) as Record<CapabilityName, number>;

function bitOf(name: CapabilityName, at: number): number {
  const row: Capability = capabilities[name];
  if (!row.tags && !row.commands && !row.shapes) return 0;
  const bit = rows.slice(0, at).filter(([, one]) => one.tags || one.commands || one.shapes).length;
  if (bit > 30) throw new RangeError(`Cannot give "${name}" a bit: 31 capabilities have one already`);
  return 1 << bit;
}

const tagBits = new Map(
  rows.flatMap(([name, row]) => (row.tags ?? []).map((tag) => [tag, capabilityBits[name]] as const)),
);
const commandBits = new Map(
  rows.flatMap(([name, row]) =>
    (row.commands ?? []).map((command) => [command, capabilityBits[name]] as const)
  ),
);

/** The bit a client needs to receive the tag; client-only tags ("+typing") need message-tags. */
export function bitForTag(tag: string): number {
  return tagBits.get(tag) ?? capabilityBits["message-tags"];
}

/** The bit a client needs to receive the command; 0 if every client can receive it. */
export function bitForCommand(command: string): number {
  return commandBits.get(command) ?? 0;
}

/** Whether a client with these capabilities understands a standard reply (FAIL, WARN, NOTE) about a command. */
export function knowsStandardReplies(own: ReadonlySet<CapabilityName>, command: string): boolean {
  if (own.has("standard-replies")) return true;
  for (const name of own) {
    const { replies }: Capability = capabilities[name];
    if (replies?.includes(command)) return true;
  }
  return false;
}

/** Whether a recipient with these bits reads lines of any length; all others get at most 512 bytes (plain_lines.ts). */
export function readsLongLines(mask: number): boolean {
  return (mask & longLineBits) !== 0;
}

const longLineBits = capabilityBits["draft/multiline"] | capabilityBits["parley/long-lines"];

/** Whether the server offers a capability with this name. */
export function isCapability(name: string): name is CapabilityName {
  return Object.hasOwn(capabilities, name);
}
