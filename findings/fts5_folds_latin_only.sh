#!/usr/bin/env bash
# The full-text index of SQLite folds accents of Latin only, and splits words of Hindi at their vowel signs.
#
# Expected: with the tokenizer option "remove_diacritics 2", a search without accents finds words with accents in every
# alphabet, as it does for "café". Words stay whole, and "C++" is not "C".
# Seen: "Αθηνα" does not find "Αθήνα", and "е" does not find "ё". The same words in decomposed form (NFD, as macOS types
# them) are found, so the two forms of one word do not find each other. Vowel signs of Hindi are separators: a search for
# "मैं" (I) also finds "में" (in). Half-width letters, ligatures and words with points in Hebrew are not found.
# For a chat server: people find too much or nothing in half of the scripts of the world.
# Our code: lib/irc/folded_text.ts and lib/irc/search_words.ts make the words, and the index only stores them.
# Source: https://sqlite.org/fts5.html#unicode61_tokenizer
set -euo pipefail

deno=deno@2.9.6
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

cat >"$folder/fold.ts" <<'PROGRAM'
import { DatabaseSync } from "node:sqlite";

const cases: [message: string, search: string, expected: boolean][] = [
  ["café", "cafe", true],
  ["Αθήνα", "Αθηνα", true],
  ["Αθήνα".normalize("NFD"), "Αθηνα", true],
  ["Αθήνα".normalize("NFD"), "Αθήνα", true],
  ["ёлка", "елка", true],
  ["में", "मैं", false],
  ["שָׁלוֹם", "שלום", true],
  ["ﬁne", "fine", true],
  ["ｔｅａ", "tea", true],
  ["한국".normalize("NFD"), "한국", true],
  ["C code", "C++", false],
];
const wanted = "true,false,true,false,false,true,false,false,false,false,true";
const seen = cases.map(([message, search, expected]) => {
  const database = new DatabaseSync(":memory:");
  database.exec("CREATE VIRTUAL TABLE messages USING fts5(text, tokenize='unicode61 remove_diacritics 2')");
  database.prepare("INSERT INTO messages VALUES (?)").run(message);
  const { found } = database.prepare("SELECT count(*) AS found FROM messages WHERE messages MATCH ?").get(`"${search}"`)!;
  console.log(`"${search}" in "${message}": expected ${expected}, seen ${found === 1}`);
  return found === 1;
});
const version = new DatabaseSync(":memory:").prepare("SELECT sqlite_version() AS version").get()!.version;
console.log(`Deno ${Deno.version.deno}, SQLite ${version}`);
Deno.exit(seen.join() === wanted ? 0 : 1);
PROGRAM

NO_COLOR=1 timeout 50 npx -y "$deno" run -A "$folder/fold.ts"
