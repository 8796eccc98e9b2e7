/**
 * Finds the texts that can replace the word before the cursor: commands, their arguments, channels, nicks, emoji. Each
 * UI shows the candidates in its own way. Pure.
 */

import { contentKinds } from "../../irc/message_contents.ts";
import { foldText } from "../../irc/folded_text.ts";
import { fold } from "../../irc/names.ts";
import { searchOperators } from "../../irc/search_operators.ts";
import { buffersInOrder } from "../state/buffer_order.ts";
import { findBuffer, isOwn, nicksByActivity } from "../state/state.ts";
import { emoji } from "../text/emoji.ts";
import { plainName } from "../text/plain.ts";
import type { ArgumentKind, CommandUi } from "./command_ui.ts";
import { commandsFor, matchCommand, signature, slashCommands } from "./slash.ts";

/** The names to choose from. */
export interface CompletionSources {
  /** Commands without "/". */
  readonly commands: readonly string[];
  /** The kinds of words that a command takes. */
  readonly argumentKindsOf: (command: string) => readonly ArgumentKind[];
  /** Nicks without our own, the most recently active first. */
  readonly nicks: readonly string[];
  readonly channels: readonly string[];
}

/** One text that can replace the word. */
export interface Candidate {
  readonly text: string;
  /** " " or ": ", to insert after the text. */
  readonly suffix: string;
  /** The text in a list of candidates. */
  readonly label: string;
  /** A short explanation. */
  readonly help?: string;
}

/** The candidates for a word, best first. */
export interface Candidates {
  /** The text before the word; it can differ from the text that was there. */
  readonly before: string;
  readonly found: readonly Candidate[];
}

/** Dates that a search understands, and that can be offered. */
const dates = ["today", "yesterday", "7d"];

/** The names that a UI offers. */
export function completionSources(ui: CommandUi): CompletionSources {
  const { state } = ui.client;
  const buffer = findBuffer(state, ui.activeBuffer);
  const members = buffer === undefined ? [] : nicksByActivity(buffer);
  const buffers = buffersInOrder(state);
  const people = buffers.filter(({ kind }) => kind === "person").map(({ name }) => name);
  return {
    commands: commandsFor(ui).sort(),
    argumentKindsOf: (command) => matchCommand(command)?.argumentKinds ?? [],
    nicks: [...new Set([...members, ...people])].filter((nick) => isTypable(nick) && !isOwn(state, nick)),
    channels: buffers.filter(({ kind }) => kind === "channel").map(({ name }) => name).filter(isTypable),
  };
}

/** The line shows a completed name as it is, so it must be harmless. */
function isTypable(name: string): boolean {
  return name !== "" && plainName(name) === name;
}

/** The candidates for `word`, which follows the text `before`. */
export function candidatesFor(before: string, word: string, sources: CompletionSources): Candidates {
  const command = /^\/(\S+)\s/.exec(before)?.[1];
  if (before === "" && word.startsWith("/") && !word.startsWith("//")) {
    return { before, found: startingWith(sources.commands, word.slice(1)).map(commandCandidate) };
  }
  // Not after one letter, as ":d" and ":p" are smileys.
  if (/^:\w{2,}$/.test(word)) {
    return { before, found: startingWith([...emoji.keys()], word.slice(1)).map(emojiCandidate) };
  }
  if (command !== undefined && sources.argumentKindsOf(command)[0] === "search") {
    return { before, found: searchCandidates(word, sources) };
  }
  if (command !== undefined) {
    return { before, found: argumentNames(before, word, sources, command).map((name) => candidate(name)) };
  }
  if (word.startsWith("#")) {
    return { before, found: startingWith(sources.channels, word).map((name) => candidate(name)) };
  }
  return nickCandidates(before, word, sources);
}

function candidate(text: string, suffix = " "): Candidate {
  return { text, suffix, label: text };
}

function commandCandidate(name: string): Candidate {
  const row = Object.hasOwn(slashCommands, name) ? slashCommands[name] : undefined;
  return { ...candidate(`/${name}`), ...(row && { label: signature(row), help: row.help }) };
}

function emojiCandidate(name: string): Candidate {
  const symbol = emoji.get(name) ?? "";
  return { ...candidate(symbol), label: `${symbol} :${name}:` };
}

function argumentNames(
  before: string,
  word: string,
  { argumentKindsOf, commands, channels, nicks }: CompletionSources,
  command: string,
): readonly string[] {
  const kinds = argumentKindsOf(command);
  const at = word.startsWith("@") ? "@" : "";
  const people = startingWith(nicks, word.slice(at.length)).map((nick) => at + nick);
  const position = before.trim().split(/\s+/).length - 1;
  switch (kinds[Math.min(position, kinds.length - 1)]) {
    case "command":
      return startingWith(commands, word.replace(/^\//, ""));
    case "channel":
      return [...new Set([...startingWith(channels, word), ...startingWith(channels, `#${word}`)])];
    case "nick":
      return [...people, ...(word.startsWith("#") ? startingWith(channels, word) : [])];
    default:
      if (word === "") return [];
      return word.startsWith("#") ? startingWith(channels, word) : people;
  }
}

/** Operators of a search, and the names after them. */
function searchCandidates(word: string, { nicks, channels }: CompletionSources): Candidate[] {
  const [, name = "", value = ""] = /^(\w+:)(.*)$/.exec(word.toLowerCase()) ?? [];
  const values: Readonly<Record<string, readonly string[]>> = {
    "from:": [...startingWith(nicks, value.replace(/^@/, "")), ...startingWith(["me"], value)],
    "in:": [
      ...new Set([...startingWith(channels, value), ...startingWith(channels, `#${value}`)]),
      ...startingWith(nicks, value),
    ],
    "has:": startingWith(contentKinds, value),
    "after:": startingWith(dates, value),
    "before:": startingWith(dates, value),
    "on:": startingWith(dates, value),
  };
  if (Object.hasOwn(values, name)) return (values[name] ?? []).map((one) => candidate(name + one));
  const operators = searchOperators.filter(([operator]) =>
    word !== "" && operator.startsWith(word.toLowerCase())
  )
    .map(([operator, example]) => ({ ...candidate(operator, ""), label: example }));
  return [
    ...operators,
    ...(word === "" ? [] : startingWith([...channels, ...nicks], word).map((one) => candidate(one))),
  ];
}

/** A nick at the start of a line addresses a person: "ann: ". More nicks make a list: "ann, bob: ". */
function nickCandidates(before: string, word: string, { nicks }: CompletionSources): Candidates {
  const at = word.startsWith("@") ? "@" : "";
  const names = startingWith(nicks, word.slice(at.length)).map((nick) => at + nick);
  if (before === "") return { before, found: names.map((name) => candidate(name, at === "" ? ": " : " ")) };
  if (word === "") return { before, found: [] };
  const known = new Set(nicks.map(fold));
  const others = before.trimEnd().split(/[:,]\s+|[:,]$/).filter((name) => name !== "");
  const isList = /[:,]\s$/.test(before) && others.every((name) => known.has(fold(name)));
  if (!isList) return { before, found: names.map((name) => candidate(name)) };
  return { before: `${others.join(", ")}, `, found: names.map((name) => candidate(name, ": ")) };
}

function startingWith(names: readonly string[], beginning: string): string[] {
  const wanted = foldText(beginning);
  return names.filter((name) => foldText(name).startsWith(wanted));
}
