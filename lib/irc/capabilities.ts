/**
 * The capabilities we offer, one row each, and the filter they make: which tags and which commands only reach those
 * who asked. A row is all it takes to add one; handlers never ask what a client has.
 */

/** One capability a client can ask for (IRCv3 capability negotiation, version 302). */
export interface Capability {
  /** Message tags that only reach those who have it. */
  readonly tags?: readonly string[];
  /** Commands that only reach those who have it. */
  readonly commands?: readonly string[];
  /** Changes the lines a client receives in some other way, so it tells kinds of readers apart. */
  readonly shapes?: true;
  /** What stands after "=" in CAP LS 302; without it, or where it is "", the name stands alone. */
  readonly value?: keyof CapabilityValues;
}

/** What stands after "=" in CAP LS 302. An undefined value hides the capability. */
export interface CapabilityValues {
  readonly sasl?: string | undefined;
  readonly register?: string | undefined;
  readonly sts?: string | undefined;
  readonly multiline?: string;
}

/** Every capability, by the name on the wire. */
export const capabilities = {
  "account-notify": { commands: ["ACCOUNT"] },
  "account-tag": { tags: ["account"] },
  "away-notify": { commands: ["AWAY"] },
  "batch": { tags: ["batch"], commands: ["BATCH"] },
  "cap-notify": {},
  "chghost": { commands: ["CHGHOST"] },
  "draft/account-registration": { value: "register" },
  "draft/chathistory": {},
  "draft/event-playback": {},
  "draft/extended-isupport": {},
  "draft/message-redaction": { commands: ["REDACT"] },
  "draft/multiline": { shapes: true, value: "multiline" },
  "draft/no-implicit-names": {},
  "draft/pre-away": {},
  "draft/read-marker": { commands: ["MARKREAD"] },
  "echo-message": { shapes: true },
  "extended-join": { shapes: true },
  "extended-monitor": {},
  "invite-notify": { shapes: true },
  "labeled-response": { tags: ["label"] },
  "message-tags": { tags: ["msgid", "bot"], commands: ["TAGMSG"] },
  "multi-prefix": {},
  "no-implicit-names": {},
  "sasl": { value: "sasl" },
  "server-time": { tags: ["time"] },
  "setname": { commands: ["SETNAME"] },
  "soju.im/search": {},
  "standard-replies": {},
  "sts": { value: "sts" },
  "userhost-in-names": {},
} as const satisfies Record<string, Capability>;

/** The name of a capability we offer. */
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

/** The bit a reader needs to be given the tag; client-only tags ("+typing") need message-tags. */
export function bitForTag(tag: string): number {
  return tagBits.get(tag) ?? capabilityBits["message-tags"];
}

/** The bit a reader needs to be sent the command; 0 when everyone may have it. */
export function bitForCommand(command: string): number {
  return commandBits.get(command) ?? 0;
}

/** Whether we offer a capability of this name. */
export function isCapability(name: string): name is CapabilityName {
  return Object.hasOwn(capabilities, name);
}
