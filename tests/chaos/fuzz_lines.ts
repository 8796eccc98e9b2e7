/** Lines of a hostile or broken client: commands with valid and invalid parameters, then damaged. A seed repeats them. */
import { allCommands } from "../../lib/server/commands/all.ts";
import { capabilities } from "../../lib/irc/capabilities.ts";
import type { Chance } from "./chance.ts";

/** Commands that hash passwords, which takes long; other tests cover them. */
const slow: ReadonlySet<string> = new Set(["REGISTER", "PASSWD", "OPER"]);
const commands = Object.keys(allCommands).filter((name) => !slow.has(name));
/** Words of the protocol, and values that parsers, limits and lookups can handle wrongly. */
const tokens: readonly string[] = [
  ...[
    "ann",
    "bob",
    "cat",
    "ANN",
    "nobody",
    "*",
    "#tea",
    "#den",
    "#TEA",
    "#",
    "#a,#b",
    "#tea,#den,ann,bob",
    "0",
    "@#tea",
    "+#tea",
    "&#tea",
  ],
  ...[
    "+o",
    "-o",
    "+b",
    "+beI",
    "+k",
    "-k",
    "+l",
    "+nt-imst",
    "+v-v+o",
    "+ZZZ",
    "+q",
    "+h",
    "+iwB",
    "-b+b-b",
    "++--",
    "key",
    "5",
    "-1",
    "99999999999",
  ],
  ...[
    "*!*@*",
    "ann!*@*",
    "a:ann",
    "m:bob",
    "m:a:cat",
    "*@10.0.0.0/8",
    "????",
    "\\*",
    "!@",
    "x!y@z!y@z",
    "127.0.0.1",
    "::1",
    "1h",
    "10m",
  ],
  ...[
    "LS",
    "302",
    "LIST",
    "REQ",
    "END",
    "ACK",
    "LATEST",
    "BEFORE",
    "AROUND",
    "BETWEEN",
    "TARGETS",
    "timestamp=2026-01-01T00:00:00.000Z",
    "msgid=abc",
    "msgid=",
  ],
  ...[
    "+1",
    "-1",
    "+x draft/multiline #tea",
    "PLAIN",
    "SCRAM-SHA-256",
    "GENERATE FILEHOST",
    "in=#tea",
    "text=word",
    "%tcuhnfdlar,42",
    "%",
    "o",
    "C",
    "L",
    "S",
    "+ ann,bob",
  ],
  ...[
    "",
    ":",
    " ",
    ":text with spaces",
    "\u00e9t\u00e9",
    "😀",
    "\u202e",
    "\x01ACTION waves\x01",
    "\x02bold",
    "../../etc/passwd",
    "%2e%2e",
    "CON",
    "null",
    "__proto__",
    "constructor",
  ],
  ...[
    "a".repeat(40),
    "x".repeat(500),
    "é".repeat(300),
    "\u0301".repeat(50),
    "toString",
    "NaN",
    "1e9",
    "0x10",
    "18446744073709551616",
  ],
];
const tags: readonly string[] = [
  ...[
    "label=1",
    "label=",
    "+typing=active",
    "+draft/react=👍",
    "+draft/reply=abc",
    "batch=1",
    "batch=2",
    "draft/multiline-concat",
    "msgid=fake",
    "time=2000",
  ],
  ...[
    "a=\\:\\s\\\\\\r\\n",
    "+a=b\\",
    "account=ann",
    "=",
    ";",
    "+x=" + "y".repeat(200),
    "label=" + "z".repeat(100),
  ],
];

/** Parameters of one line, at most. */
const enough = 6;

/** One line; about one in four is damaged. */
export function fuzzLine(chance: Chance): string {
  const parts: string[] = [];
  if (chance.below(4) === 0) {
    parts.push(`@${Array.from({ length: 1 + chance.below(3) }, () => chance.of(tags)).join(";")}`);
  }
  if (chance.below(20) === 0) parts.push(`:${chance.of(tokens)}`);
  const name = chance.of(commands);
  parts.push(chance.below(10) === 0 ? name.toLowerCase() : name);
  if (name === "CAP" && chance.below(2) === 0) {
    parts.push(
      "REQ",
      `:${
        Array.from({ length: 3 }, () => chance.of(Object.keys(capabilities))).join(
          " ",
        )
      }`,
    );
  } else {
    for (let left = chance.below(enough); left > 0; left--) parts.push(chance.of(tokens));
    if (chance.below(2) === 0) parts.push(`:${chance.of(tokens)} ${chance.of(tokens)}`);
  }
  const line = parts.join(" ").replace(/[\r\n]/g, "");
  return chance.below(4) === 0 ? bent(line, chance) : line;
}

function bent(line: string, chance: Chance): string {
  const at = chance.below(line.length + 1);
  const other = chance.below(line.length + 1);
  switch (chance.below(6)) {
    case 0:
      return line.slice(0, at);
    case 1:
      return line.slice(0, at) +
        String.fromCharCode(1 + chance.below(0x2fff)).replace(/[\r\n\ud800-\udfff]/, "?") + line.slice(at);
    case 2:
      return line.slice(at) + line.slice(0, at);
    case 3:
      return line.slice(0, at) + line.slice(Math.min(at, other), Math.max(at, other)).repeat(3) +
        line.slice(at);
    case 4:
      return line.slice(0, at) + " " + line.slice(at);
    default:
      return line.replaceAll(" ", () => " ".repeat(1 + chance.below(3)));
  }
}
