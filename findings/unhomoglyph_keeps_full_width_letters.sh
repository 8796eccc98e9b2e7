#!/usr/bin/env bash
# The npm package unhomoglyph does not make look-alike names equal.
#
# Expected: unhomoglyph() gives names that look alike the same text, as the skeleton of UTS #39 does, because it has the
# whole table of confusable characters.
# Seen: it has the whole table, but only replaces. Of the full-width letters the table has some only, so "ａｎｎ" becomes
# "aｎｎ". A composed letter stays composed, so "é" in one and in two characters differ. Invisible characters stay. Small
# Cyrillic letters become small capitals, so "кот" is not "kot". And "m" becomes "rn", so "modern" and "modem" are equal.
# For a chat: names are decomposed by NFKD before the table, and ignorable characters are left out; pairs in ASCII need a
# rule of their own. Ours: lib/server/names/skeleton.ts. Source: UTS #39, section 4.
set -euo pipefail
command -v npm >/dev/null || { echo "npm is missing"; exit 2; }
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm install --silent --no-fund --no-audit unhomoglyph@1.0.6 >/dev/null
echo "node $(node --version), unhomoglyph 1.0.6"
node -e '
const unhomoglyph = require("unhomoglyph");
const pairs = [["ａｎｎ", "ann", false], ["café", "cafe\u0301", false], ["a\u00adnn", "ann", false], ["кот", "kot", false], ["modern", "modem", true]];
let same = true;
for (const [one, other, expected] of pairs) {
  const [a, b] = [unhomoglyph(one), unhomoglyph(other)];
  console.log(`${JSON.stringify(one)} gives ${JSON.stringify(a)}, ${JSON.stringify(other)} gives ${JSON.stringify(b)}: ${a === b ? "equal" : "different"}`);
  if ((a === b) !== expected) same = false;
}
console.log(same ? "As described." : "The behaviour has changed.");
process.exit(same ? 0 : 1);
'
