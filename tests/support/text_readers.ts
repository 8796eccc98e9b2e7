/**
 * The functions that read text of others, in both clients and the server: no text may cost them more than linear time.
 */

import { formatAddress, parseAddress, parseRange } from "../../lib/irc/address.ts";
import { asciiNick, toAscii } from "../../lib/irc/ascii_name.ts";
import { completeMask, parseBan } from "../../lib/irc/ban.ts";
import { compileMask } from "../../lib/irc/compiled_mask.ts";
import { foldText, foldWithPlaces } from "../../lib/irc/folded_text.ts";
import { LineSplitter } from "../../lib/irc/lines.ts";
import { isMask } from "../../lib/irc/mask.ts";
import { format, formatTags, parse } from "../../lib/irc/message.ts";
import { contentsOf } from "../../lib/irc/message_contents.ts";
import { splitMessage } from "../../lib/irc/message_pieces.ts";
import { formatModeChanges, lowestPrefix, parseModes, parseUserModes } from "../../lib/irc/modes.ts";
import { cleanUsername, fold, isChannelName, isNick, parseSource } from "../../lib/irc/names.ts";
import { plainLines } from "../../lib/irc/plain_lines.ts";
import { parseRecord, wholeText } from "../../lib/irc/record.ts";
import { ScramClient } from "../../lib/irc/scram_client.ts";
import { parseDate } from "../../lib/irc/search_dates.ts";
import { parseSearch } from "../../lib/irc/search_operators.ts";
import { withoutPunctuation } from "../../lib/irc/search_punctuation.ts";
import { foundRanges, matchesText, parseTextQuery, visibleText } from "../../lib/irc/search_text.ts";
import { placedSymbols, symbolsOf, wordsOf } from "../../lib/irc/search_words.ts";
import { cutBytes, cutText, packWords, splitText } from "../../lib/irc/wrap.ts";
import { htmlText } from "../../lib/client/elements/html_text.ts";
import { transferContent } from "../../lib/client/elements/transfer_content.ts";
import { candidatesFor } from "../../lib/client/slash/completion.ts";
import { firstWord } from "../../lib/client/slash/command_ui.ts";
import { pastedText } from "../../lib/client/slash/paste.ts";
import { expectsPassword } from "../../lib/client/slash/slash.ts";
import { describeMode } from "../../lib/client/state/channel_modes.ts";
import { findNames, hasMention } from "../../lib/client/state/mentions.ts";
import { receive } from "../../lib/client/state/receive.ts";
import { emptyState, type State, withOpenBuffer } from "../../lib/client/state/state.ts";
import { edit, emptyEditor, withText } from "../../lib/client/terminal/editor.ts";
import { noteRows, saidLine } from "../../lib/client/terminal/event_rows.ts";
import { startCompletion } from "../../lib/client/terminal/tab_completion.ts";
import { paint } from "../../lib/client/terminal/paint.ts";
import { expandTabs } from "../../lib/client/terminal/tabs.ts";
import { textWidth } from "../../lib/client/terminal/width.ts";
import { wrapSpans } from "../../lib/client/terminal/wrap_spans.ts";
import { excerpt, markedExcerpt } from "../../lib/client/text/excerpt.ts";
import { readFormatting, withBold, withoutFormatting } from "../../lib/client/text/formatting.ts";
import { splitLinks } from "../../lib/client/text/links.ts";
import { nickColor } from "../../lib/client/text/nick_color.ts";
import { plain, plainName } from "../../lib/client/text/plain.ts";
import { describe, privateNoticeWords } from "../../lib/client/text/sentences.ts";
import { listLines, maskLines, whoisLines } from "../../lib/client/text/server_replies.ts";
import { styleText } from "../../lib/client/text/style_text.ts";
import { readConversations } from "../../lib/client/timeline/kept_conversations.ts";
import { unsentOf } from "../../lib/client/timeline/unsent_by_name.ts";
import { shortTexts } from "../../lib/server/render/excerpt.ts";
import { hostName, isOwnHost } from "../../lib/server/web/host_check.ts";
import { cleanName, disposition, fileName, mediaType } from "../../lib/server/web/file_name.ts";
import { parseDuration, parseTarget } from "../../lib/server/chat/server_ban.ts";
import { sampleMessage } from "../client/state/sample_message.ts";

const context = { nowMs: 1_800_000_000_000, isUtc: true };
const bytes = new TextEncoder();

/** A state in which the server has let us in, with #tea and three members. */
const state: State = [
  ":irc.example 001 ann :Welcome",
  ":irc.example 376 ann :End",
  ":ann!u@h JOIN #tea",
  ":irc.example 353 ann = #tea :ann bob cat",
  ":irc.example 366 ann #tea :End",
].reduce((before, line) => readLine(before, line), withOpenBuffer(emptyState("ann"), "bob"));

function readLine(before: State, line: string): State {
  const message = parse(line);
  return message === undefined ? before : receive(before, { message, at: 0, history: false }).state;
}

function split(text: string): unknown {
  const splitter = new LineSplitter({ tagBytes: 8191, bodyBytes: 65_536 });
  const all = bytes.encode(`${text}\n`);
  for (let at = 0; at < all.length;) {
    const space = splitter.space();
    const part = all.subarray(at, at + space.length);
    space.set(part);
    splitter.take(part.length);
    at += part.length;
  }
  return splitter;
}

const oneLine = (text: string) => text.replace(/[\r\n\0]/g, " ");
const appearance = { depth: "truecolor", theme: "dark" } as const;
const sources = {
  commands: ["search", "join"],
  argumentKindsOf: () => ["search"] as const,
  nicks: ["bob"],
  channels: ["#tea"],
};
const query = (text: string) => parseTextQuery(text);
const teaQuery = query('tea ":)" "green tea" C++');
const names = { own: "bob", colorOf: (nick: string) => nick === "cat" ? "nick-1" as const : undefined };
const reply = (command: string, text: string) => parse(`:irc.example ${command} ann ${oneLine(text)}`) ?? [];
const said = (text: string) => ({ ...sampleMessage, text, at: 0 });
const mask = compileMask("*a*b*c?d*");

/** The functions, by name. */
export const textReaders: Readonly<Record<string, (text: string) => unknown>> = {
  parseAddress,
  parseRange,
  formatAddress: (text) => formatAddress(parseAddress(text) ?? new Uint8Array(16)),
  asciiNick: (text) => asciiNick(text),
  toAscii,
  completeMask,
  parseBan,
  compileMask: (text) => compileMask(text),
  "a compiled mask": (text) => mask(fold(text)),
  foldText,
  foldWithPlaces,
  LineSplitter: split,
  isMask,
  parse,
  format: (text) => format({ command: "PRIVMSG", params: ["#tea", oneLine(text)], tags: [["+a", text]] }),
  formatTags: (text) => formatTags([["+a", text]]),
  "parse tags": (text) => parse(`@${text.replaceAll(" ", ";")} PING`),
  contentsOf,
  splitMessage: (text) => splitMessage(text.split("\n").map((line) => ({ text: line })), 400),
  parseModes: (text) => parseModes(text.split(" ")),
  parseUserModes,
  formatModeChanges: (text) => formatModeChanges(parseModes(text.split(" ")).changes, 20),
  lowestPrefix,
  fold,
  cleanUsername: (text) => cleanUsername(text),
  isChannelName: (text) => isChannelName(`#${text}`, Infinity),
  isNick: (text) => isNick(text, Infinity),
  parseSource,
  plainLines: (text) => plainLines("ann!u@h", "PRIVMSG", ["#tea", oneLine(text)]),
  "plainLines of another command": (text) => plainLines("ann!u@h", "TOPIC", ["#tea", oneLine(text)]),
  "plainLines of modes": (text) => plainLines("ann!u@h", "MODE", ["#tea", ...oneLine(text).split(" ")]),
  parseRecord: (text) => parseRecord(`:ann PRIVMSG #tea :${text}`),
  wholeText: (text) => wholeText("", text.split("\n").map((line) => ({ text: line }))),
  ScramClient: (text) => new ScramClient(text, "tea").final(text),
  parseDate: (text) => parseDate(text, context),
  parseSearch: (text) => parseSearch(text, context),
  withoutPunctuation,
  parseTextQuery: query,
  matchesText: (text) => teaQuery && matchesText(text, teaQuery),
  foundRanges: (text) => teaQuery && foundRanges(visibleText(text), teaQuery),
  placedSymbols: (text) => placedSymbols(text).length,
  symbolsOf,
  wordsOf: (text) => wordsOf(foldText(text)),
  cutBytes: (text) => cutBytes(text, text.length >> 1),
  cutText: (text) => cutText(text, text.length >> 1),
  packWords: (text) => packWords(text.split(" "), 400),
  splitText: (text) => splitText(text, 400),
  "a server's excerpt": (text) =>
    shortTexts("ann!u@h", "PRIVMSG", "#tea", text.split("\n").map((line) => ({ text: line })), undefined),
  hostName,
  isOwnHost: (text) => isOwnHost(text, ["chat.example"]),
  cleanName,
  disposition: (text) => disposition(text.toWellFormed(), "text/plain"),
  fileName: (text) => fileName(`attachment; filename=${text}`),
  mediaType,
  parseDuration,
  parseTarget,
  htmlText,
  transferContent: (text) =>
    transferContent({ items: [], getData: (type) => type === "text/html" ? "" : text }),
  candidatesFor: (text) => candidatesFor("", text, sources),
  "candidatesFor after words": (text) => candidatesFor(text, "b", sources),
  firstWord,
  pastedText,
  expectsPassword,
  describeMode: (text) => describeMode({ added: true, letter: "b", argument: text }),
  hasMention: (text) => hasMention(text, "bob"),
  findNames: (text) => findNames(text, () => true),
  "receive a message": (text) => readLine(state, `:bob!u@h PRIVMSG #tea :${oneLine(text)}`),
  "receive tags": (text) =>
    readLine(state, `@+typing=${oneLine(text).replaceAll(" ", ";")} :bob!u@h TAGMSG #tea`),
  "receive capabilities": (text) => readLine(state, `CAP * LS :${oneLine(text)}`),
  "receive tokens": (text) => readLine(state, `:irc.example 005 ann ${oneLine(text)} :are supported`),
  "receive names": (text) => readLine(state, `:irc.example 353 ann = #tea :${oneLine(text)}`),
  "receive modes": (text) => readLine(state, `:bob!u@h MODE #tea ${oneLine(text)}`),
  "receive a topic": (text) => readLine(state, `:bob!u@h TOPIC #tea :${oneLine(text)}`),
  "receive a refusal": (text) => readLine(state, `:irc.example 404 ann ${oneLine(text)}`),
  "keys of the editor": (text) =>
    ["C-w", "M-backspace", "M-b", "M-d"].map((name) =>
      edit(withText(emptyEditor, text), { kind: "key", name })
    ),
  "a paste into the editor": (text) => edit(emptyEditor, { kind: "paste", text }),
  startCompletion: (text) => startCompletion(withText(emptyEditor, text), sources),
  noteRows: (text) => noteRows([{ text }], 80),
  saidLine: (text) => saidLine(state, said(text), "#tea"),
  paint: (text) => paint([{ text }], appearance),
  "a message in the terminal": (text) =>
    wrapSpans([], saidLine(state, said(text), "#tea").body, 80, 2).map((row) => paint(row, appearance)),
  "a link in the terminal": (text) =>
    wrapSpans([], splitLinks({ text: `https://tea.example/${oneLine(text)}` }), 80, 2).map((row) =>
      paint(row, appearance).length
    ),
  expandTabs: (text) => expandTabs([{ text }]),
  textWidth: (text) => textWidth(plain(text)),
  wrapSpans: (text) => wrapSpans([], [{ text: plain(text) }], 80, 2),
  excerpt: (text) => excerpt(text, 100),
  "a long excerpt": (text) => excerpt(text, 3000),
  markedExcerpt: (text) => markedExcerpt(text, 100, (one) => teaQuery ? foundRanges(one, teaQuery) : []),
  readFormatting,
  withBold: (text) => withBold(text, [{ start: 1, end: 3 }]),
  withoutFormatting,
  splitLinks: (text) => splitLinks({ text }),
  "splitLinks of one link": (text) => splitLinks({ text: `https://tea.example/${text}` }),
  "splitLinks of a host": (text) => splitLinks({ text: `https://${text}` }),
  nickColor: (text) => nickColor(text),
  plain,
  plainName,
  "describe a topic": (text) => describe(state, { kind: "topic", buffer: "#tea", topic: text, by: "bob" }),
  "describe a server notice": (text) => describe(state, { kind: "server notice", from: "", text }),
  privateNoticeWords: (text) => privateNoticeWords(state, said(text)),
  listLines: (text) => listLines([reply("322", `#tea 5 :${text}`)].flat()),
  maskLines: (text) => maskLines([reply("367", `#tea ${text}`)].flat(), "#tea", "bans"),
  whoisLines: (text) => whoisLines(["311", "320"].flatMap((code) => reply(code, `bob ${text}`))),
  styleText: (text) => styleText(text, names),
  readConversations: (text) => readConversations(text, "ann"),
  unsentOf: (text) => unsentOf(text, "ann"),
};
