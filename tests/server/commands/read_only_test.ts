/** The types hold the rule that apply alone changes the chat: a command that writes state does not type-check. */
import { assertEquals } from "@std/assert";
import { temporaryFolder } from "../../support/folder.ts";
import { granted } from "../../support/permissions.ts";

/** Code that writes: in a command each meets this error of TypeScript; with the state, as in apply, it meets none. */
const writes: readonly (readonly [what: string, body: string, error: string])[] = [
  ["adds a user", `chat.users.set(user.id, user);`, "TS2339"],
  ["removes a nick", `chat.nicks.delete(user.folded);`, "TS2339"],
  ["removes all channels", `chat.channels.clear();`, "TS2339"],
  ["adds a machine", `chat.machines.set("b-", 1);`, "TS2339"],
  ["removes a session", `chat.sessions.delete(session.id);`, "TS2339"],
  ["sets a figure", `chat.mostUsers = 1000;`, "TS2540"],
  ["replaces the files", `chat.files = {};`, "TS2540"],
  ["gives a session a user", `session.user = undefined;`, "TS2540"],
  ["adds a user mode", `user.addMode("o");`, "TS2339"],
  ["logs a user in", `user.account = "ann";`, "TS2540"],
  ["renames a user", `user.rename("bob", 0);`, "TS2551"],
  ["sends to a user", `user.send(fromServer(chat, "NOTICE", []));`, "TS2339"],
  ["accepts a user", `user.makeRare().accepted.add("other");`, "TS2339"],
  ["ends a session of a user", `user.sessions.pop();`, "TS2339"],
  ["sets a topic", `channel.topic = undefined;`, "TS2540"],
  ["sets a channel mode", `channel.flags.add("m");`, "TS2339"],
  ["sets a key", `channel.settings.set("k", "key");`, "TS2339"],
  ["adds a member", `channel.add(user, "@", 0);`, "TS2339"],
  ["removes a member", `channel.members.delete(user);`, "TS2339"],
  ["gives a rank", `for (const member of channel.members.values()) member.prefixes = "@";`, "TS2540"],
  ["adds a ban", `channel.addEntry("b", { mask: "*", by: "ann", at: 0 });`, "TS2339"],
  ["ends a registration", `channel.registration = undefined;`, "TS2540"],
  ["saves a rank", `channel.registration?.ranks.set("ann", "@");`, "TS2339"],
  ["sends to a channel", `channel.broadcast(fromServer(chat, "NOTICE", []));`, "TS2339"],
  ["removes a server ban", `chat.serverBans.remove("10.0.0.1");`, "TS2339"],
  ["clears WHOWAS", `chat.whowas.clear();`, "TS2339"],
  ["saves an account", `chat.store?.accounts.save(account);`, "TS2339"],
  ["saves a message", `chat.store?.history.append(conversation, 0, 0, "");`, "TS2339"],
  ["deletes a message", `chat.store?.eraser.redact([], 0);`, "TS2339"],
  ["saves a value", `chat.store?.savedValues.save("owner code", "");`, "TS2339"],
  ["saves a marker", `chat.store?.markers.save("ann", "#tea", 0);`, "TS2339"],
  ["removes a file", `chat.store?.files.remove("id");`, "TS2339"],
];

/** Commands that pass a view on as the state that it hides. */
const casts: typeof writes = [
  ["passes the view on as state", `const state: ChatState = chat; void state;`, "TS2740"],
  ["passes a user on as state", `const state: UserState = user; void state;`, "TS2740"],
  ["passes a channel on as state", `const state: ChannelState = channel; void state;`, "TS2740"],
  ["passes a member on as state", `for (const one of channel.members.values()) change(one);`, "TS2345"],
];

const reads = `
  const names = [...chat.users.values()].filter((one) => one.modes.has("o")).map((one) => one.nick);
  const rank = channel.members.get(user)?.prefixes ?? channel.prefixesOf(user);
  const founder = channel.registration?.ranks.get("ann") ?? channel.registration?.founder;
  const saved = chat.store?.history.read([], { limit: 1, from: "end", events: false });
  const ban = chat.serverBans.find("10.0.0.1", chat.now());
  session.answer(fromServer(chat, "NOTICE", [session.nick, names.join(), rank ?? "", founder ?? ""]));
  session.batch = undefined;
  if (saved === undefined || ban !== undefined) return;
  return commit({ kind: "parted", user: user.id, channel: channel.name, reason: "" }, session);
`;

/** A function with this body; `parameters` says what it gets. */
function source(body: string, parameters: string): string {
  const server = new URL("../../../lib/server/", import.meta.url).href;
  return `
import type { Channel, ChannelState, MembershipState } from "${server}chat/channel.ts";
import type { ChatState } from "${server}chat/chat.ts";
import type { SessionState } from "${server}chat/session.ts";
import type { UserState } from "${server}chat/user.ts";
import type { Call } from "${server}hub/command.ts";
import { fromServer } from "${server}render/sender.ts";
import type { AccountRow } from "${server}store/accounts.ts";
import type { Conversation } from "${server}store/conversation.ts";

export interface State {
  chat: ChatState;
  session: SessionState;
  user: UserState;
  channel: ChannelState;
}
export type Used = [Channel, Call, typeof fromServer];
export declare const account: AccountRow;
export declare const conversation: Conversation;
export declare function change(member: MembershipState): void;
export function run(${parameters}): void | Promise<void> {
  void [chat, session, user, channel];
  ${body}
}
`;
}

const inCommand = "{ chat, commit, session, user }: Call, channel: Channel";
const inApply = "{ chat, session, user, channel }: State";

Deno.test({
  name: "a command that writes state does not type-check, one that reads and commits does",
  ignore: !granted("read", "write", "run", "env"),
  async fn() {
    using place = temporaryFolder();
    const refused = [...writes, ...casts];
    const files = [
      ...refused.map(([, body], at) => [`command_${at}.ts`, source(body, inCommand)] as const),
      ...writes.map(([, body], at) => [`apply_${at}.ts`, source(body, inApply)] as const),
      ["read.ts", source(`void commit; ${reads}`, inCommand)] as const,
    ];
    for (const [name, text] of files) Deno.writeTextFileSync(`${place.folder}/${name}`, text);
    const found = await errorsIn(place.folder, files.map(([name]) => name));
    assertEquals(found.get("read.ts"), undefined, "reading is allowed");
    const errors = refused.map(([what], at) => [what, found.get(`command_${at}.ts`)?.join() ?? "no error"]);
    assertEquals(errors, refused.map(([what, , error]) => [what, error]));
    const errorsInApply = writes.map(([what], at) => [what, found.get(`apply_${at}.ts`)]);
    assertEquals(errorsInApply, writes.map(([what]) => [what, undefined]));
  },
});

/** The errors of the type check, by the name of their file. */
async function errorsIn(folder: string, names: readonly string[]): Promise<Map<string, string[]>> {
  const config = new URL("../../../deno.json", import.meta.url).pathname;
  const { stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["check", "--config", config, ...names],
    cwd: folder,
    env: { NO_COLOR: "1" },
  }).output();
  const found = new Map<string, string[]>();
  let error = "";
  for (const line of new TextDecoder().decode(stderr).split("\n")) {
    error = /^(?:error: )?(TS\d+) \[ERROR\]/.exec(line)?.[1] ?? error;
    const name = /^ {4}at file:.*\/(\w+\.ts):/.exec(line)?.[1];
    if (name === undefined) continue;
    found.set(name, [...found.get(name) ?? [], error]);
  }
  return found;
}
