/**
 * What Tab does: finds what the word before the cursor could become, puts the first in, and goes through the others
 * when pressed again. Pure.
 */

import { emoji } from "../text/emoji.ts";
import type { ArgumentKind, Face } from "../slash/face.ts";
import { plainName } from "../text/plain.ts";
import { commandsFor, slashCommands } from "../slash/slash.ts";
import { findBuffer, isOwn, nicksByActivity } from "../core/state.ts";
import { fold } from "../../irc/names.ts";
import type { Editor } from "./editor.ts";

/** What there is to complete with. */
export interface Sources {
  /** Names of commands without "/". */
  readonly commands: readonly string[];
  /** What the words behind a command are. */
  readonly takes: (command: string) => readonly ArgumentKind[];
  /** The most recently active first, without oneself. */
  readonly nicks: readonly string[];
  readonly rooms: readonly string[];
}

/** What a person has to complete with at a face. */
export function sourcesAt(face: Face): Sources {
  const { state } = face.client;
  const buffer = findBuffer(state, face.activeBuffer);
  const nicks = buffer === undefined ? [] : nicksByActivity(buffer);
  const buffers = [...state.buffers.values()];
  const people = buffers.filter(({ kind }) => kind === "person").map(({ name }) => name);
  return {
    commands: commandsFor(face).sort(),
    takes: (command) => Object.hasOwn(slashCommands, command) ? slashCommands[command]?.takes ?? [] : [],
    nicks: [...new Set([...nicks, ...people])].filter((nick) => isTypable(nick) && !isOwn(state, nick)),
    rooms: buffers.filter(({ kind }) => kind === "channel").map(({ name }) => name).filter(isTypable),
  };
}

/** A completed name becomes part of the line, which is shown as it is. */
function isTypable(name: string): boolean {
  return name !== "" && plainName(name) === name;
}

/** A word being completed: what stood there, and what could. */
export interface Completion {
  /** The text before what is completed. */
  readonly before: string;
  /** The text behind it. */
  readonly after: string;
  /** Each with what is put behind it. The last is what was typed. */
  readonly candidates: readonly string[];
  readonly at: number;
}

/** Begins to complete; undefined when nothing fits. */
export function complete(editor: Editor, sources: Sources): Completion | undefined {
  const typed = editor.text.slice(0, editor.cursor);
  const word = /\S*$/.exec(typed)?.[0] ?? "";
  const before = typed.slice(0, typed.length - word.length);
  const after = editor.text.slice(editor.cursor);
  const found = candidates(before, word, sources);
  if (found.words.length === 0) return undefined;
  return { before: found.before ?? before, after, candidates: [...found.words, word], at: 0 };
}

/** The next candidate, or the one before. */
export function turn(completion: Completion, by: 1 | -1): Completion {
  const count = completion.candidates.length;
  return { ...completion, at: (completion.at + by + count) % count };
}

/** The editor with the candidate put in. */
export function completed(editor: Editor, { before, after, candidates, at }: Completion): Editor {
  const text = before + (candidates[at] ?? "");
  return { ...editor, text: text + after.replace(text.endsWith(" ") ? /^ / : /^/, ""), cursor: text.length };
}

interface Found {
  readonly words: readonly string[];
  /** When what stands before changes too. */
  readonly before?: string;
}

function candidates(before: string, word: string, sources: Sources): Found {
  const command = /^\/(\S+)\s/.exec(before)?.[1];
  if (before === "" && word.startsWith("/") && !word.startsWith("//")) {
    return { words: starting(sources.commands, word.slice(1)).map((name) => `/${name} `) };
  }
  if (/^:\w{2,}$/.test(word)) {
    return { words: starting([...emoji.keys()], word.slice(1)).map((name) => `${emoji.get(name)} `) };
  }
  if (command !== undefined) return { words: argument(before, word, sources, command) };
  if (word.startsWith("#")) return { words: starting(sources.rooms, word).map((name) => `${name} `) };
  return addressed(before, word, sources);
}

function argument(before: string, word: string, sources: Sources, command: string): string[] {
  const takes = sources.takes(command);
  const place = before.trim().split(/\s+/).length - 1;
  switch (takes[Math.min(place, takes.length - 1)]) {
    case "command":
      return starting(sources.commands, word.replace(/^\//, "")).map((name) => `${name} `);
    case "channel":
      return [...starting(sources.rooms, word), ...starting(sources.rooms, `#${word}`)].map((name) =>
        `${name} `
      );
    case "nick":
      return [
        ...starting(sources.nicks, word),
        ...(word.startsWith("#") ? starting(sources.rooms, word) : []),
      ]
        .map((name) => `${name} `);
    default:
      return word === "" ? [] : starting(word.startsWith("#") ? sources.rooms : sources.nicks, word)
        .map((name) => `${name} `);
  }
}

/** At the start of a line somebody is addressed, "ann: ", and others with them, "ann, bob: ". */
function addressed(before: string, word: string, sources: Sources): Found {
  const at = word.startsWith("@") ? "@" : "";
  const nicks = starting(sources.nicks, word.slice(at.length)).map((nick) => at + nick);
  if (before === "") return { words: nicks.map((nick) => at === "" ? `${nick}: ` : `${nick} `) };
  if (word === "") return { words: [] };
  const known = new Set(sources.nicks.map(fold));
  const others = before.trimEnd().split(/[:,]\s+|[:,]$/).filter((name) => name !== "");
  const listing = /[:,]\s$/.test(before) && others.every((name) => known.has(fold(name)));
  if (!listing) return { words: nicks.map((nick) => `${nick} `) };
  return { words: nicks.map((nick) => `${nick}: `), before: `${others.join(", ")}, ` };
}

function starting(names: readonly string[], beginning: string): string[] {
  const wanted = fold(beginning);
  return names.filter((name) => fold(name).startsWith(wanted));
}
