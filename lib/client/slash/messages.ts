/** Slash commands for earlier messages: answer, react, delete, show, search. */

import { emoji } from "../text/emoji.ts";
import type { MessageSearch } from "../core/message_search.ts";
import type { Said } from "../state/event.ts";
import type { OutgoingMessage } from "../state/outgoing.ts";
import type { CommandUi, SlashTable } from "./command_ui.ts";
import { firstWord, requireText, requireWord } from "./command_ui.ts";
import { ActionError } from "../state/action_error.ts";
import { plain, plainName } from "../text/plain.ts";

/** Rows by name. */
export const messageRows: SlashTable = {
  reply: {
    usage: "[@NICK] TEXT",
    help: "Answers the last private message, or with @NICK the last message of NICK here",
    group: "Chat",
    aliases: ["r"],
    argumentKinds: ["nick", "text"],
    run: reply,
  },
  react: {
    usage: "EMOJI [NICK]",
    help:
      "Reacts to the last message here, or to the last one of NICK: /react 👍; /react -👍 removes the reaction",
    group: "Chat",
    argumentKinds: ["text", "nick"],
    run: react,
  },
  redact: {
    usage: "[@NICK] [REASON]",
    help: "Deletes your last message here; operators can delete the last message of NICK",
    group: "Chat",
    aliases: ["delete", "unsend"],
    argumentKinds: ["nick", "text"],
    run: redact,
  },
  retry: {
    usage: "",
    help: "Sends again the messages that are not sent",
    group: "Chat",
    run: retry,
  },
  discard: {
    usage: "",
    help: "Deletes the messages that are not sent",
    group: "Chat",
    run(ui) {
      for (const { key } of unsent(ui)) ui.client.outbox.discard(key);
    },
  },
  history: {
    usage: "[COUNT]",
    help: "Shows earlier messages; repeat the command to see still earlier ones",
    group: "Chat",
    aliases: ["scrollback"],
    run: history,
  },
  search: {
    usage: "WORDS",
    help:
      'Finds messages with all the words, or with "these words"; from:NICK, in:#CHANNEL, after:, before: and on: with a date, and has:file limit the search; repeat the command to see older ones',
    group: "Chat",
    aliases: ["find"],
    argumentKinds: ["search"],
    run: search,
  },
};

const signs: Readonly<Record<string, string>> = { "+1": "👍", "-1": "👎" };
const defaultCount = 50;
const maxCount = 500;
/** The oldest message that /history has shown in each UI, by buffer. */
const oldestShown = new WeakMap<CommandUi, Map<string, string>>();
/** The last search of each UI, when it has older results. */
const searches = new WeakMap<CommandUi, { readonly words: string; readonly search: MessageSearch }>();

function retry(ui: CommandUi): void {
  for (const { key } of unsent(ui)) ui.client.retry(key);
}

function unsent(ui: CommandUi): readonly OutgoingMessage[] {
  const found = ui.client.state.outgoing.filter(({ status }) => status === "unsent");
  if (found.length === 0) throw new ActionError("All messages are sent");
  return found;
}

function reply(ui: CommandUi, rest: string): void {
  const [first, words] = firstWord(rest);
  if (!first.startsWith("@")) {
    const { lastSender } = ui.client.state;
    if (lastSender === "") throw new ActionError("You have no private message to answer yet");
    const text = requireText(rest, "/reply TEXT");
    return ui.send(lastSender, "message", text, ui.client.messages.recent.last(lastSender, "others")?.id);
  }
  const target = ui.target();
  const { id } = lastOf(ui, target, first.slice(1));
  ui.send(target, "message", requireText(words, `/reply ${first} TEXT`), id);
}

function react(ui: CommandUi, rest: string): void {
  const [written, nick] = requireWord(rest, "/react EMOJI");
  const added = !written.startsWith("-");
  const word = added ? written : written.slice(1);
  const symbol = signs[word.replace(/^:|:$/g, "")] ?? emoji.get(word.replace(/^:|:$/g, "")) ?? word;
  if (symbol === "") throw new ActionError("Write /react EMOJI");
  if (/^:\w+:$/.test(symbol)) throw new ActionError(`Cannot react with ${symbol}: there is no such emoji`);
  const target = ui.target();
  const { id } = nick === "" ? lastOf(ui, target) : lastOf(ui, target, nick.replace(/^@/, ""));
  ui.client.messages.react(target, id, symbol, added);
}

function redact(ui: CommandUi, rest: string): void {
  const target = ui.target();
  const [first, words] = firstWord(rest);
  const named = first.startsWith("@");
  const said = named ? lastOf(ui, target, first.slice(1)) : ui.client.messages.recent.last(target, "own");
  if (said === undefined) throw new ActionError("You have no message here to delete");
  ui.client.messages.delete(target, withId(said).id, named ? words : rest.trim());
}

function lastOf(ui: CommandUi, target: string, nick?: string): Said & { readonly id: string } {
  const said = ui.client.messages.recent.last(target, nick === undefined ? "others" : { nick });
  if (said !== undefined) return withId(said);
  throw new ActionError(
    nick === undefined
      ? "There is no message from others here yet"
      : `There is no message from ${nick} here yet`,
  );
}

function withId(said: Said): Said & { readonly id: string } {
  if (said.id !== undefined) return { ...said, id: said.id };
  throw new ActionError("Cannot do that: this server gave the message no id");
}

async function history(ui: CommandUi, rest: string): Promise<void> {
  const count = rest.trim() === "" ? defaultCount : Number(rest);
  if (!(Number.isInteger(count) && count > 0 && count <= maxCount)) {
    throw new ActionError(`Write /history COUNT, with a number from 1 to ${maxCount}`);
  }
  const target = ui.target();
  const noteNone = () => ui.note(`There are no earlier messages in ${plainName(target)}`);
  if (ui.showOlder !== undefined) return await ui.showOlder(count) ? undefined : noteNone();
  const shownTo = oldestShown.get(ui) ?? new Map<string, string>();
  oldestShown.set(ui, shownTo);
  const before = shownTo.get(target);
  const { events, first, more } = await ui.client.history.latest(target, {
    limit: count,
    ...(before !== undefined && { before }),
  });
  if (first !== undefined) shownTo.set(target, first);
  const said = events.filter(({ kind }) => kind === "said").length;
  if (said === 0) return noteNone();
  historyView(ui)(
    `${said} ${said === 1 ? "message" : "messages"}${more ? "" : ", from the beginning"}`,
    events,
  );
}

async function search(ui: CommandUi, rest: string): Promise<void> {
  const words = rest.trim();
  const last = searches.get(ui);
  searches.delete(ui);
  const isRepeated = last?.words === words;
  const search = isRepeated ? last.search : ui.client.history.search(words, ui.activeBuffer);
  if (search.isEmpty) throw new ActionError("Write /search WORDS");
  const found = await search.next();
  const asked = plain(words) + (search.onlyIn === undefined ? "" : ` in ${plainName(search.onlyIn)} only`);
  if (found.length === 0) return ui.note(`No ${isRepeated ? "older " : ""}message found for ${asked}`);
  historyView(ui)(`${found.length} ${isRepeated ? "more " : ""}found for ${asked}`, found, search);
  void search.hasMore().then((hasMore) => {
    if (!hasMore) return;
    searches.set(ui, { words, search });
    ui.note("There are older ones: write the same command again");
  });
}

function historyView(ui: CommandUi): NonNullable<CommandUi["showHistory"]> {
  if (ui.showHistory === undefined) throw new ActionError("Cannot show that here");
  return ui.showHistory.bind(ui);
}
