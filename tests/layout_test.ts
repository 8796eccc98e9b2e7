/**
 * The shape of the house, held by a test instead of by prose: who imports whom, how long a file and a function
 * may be, what a file may not be called, and which part alone touches an outside thing. Change a table here
 * only together with the design.
 */

import { assertEquals } from "@std/assert";
import { granted } from "./support/permissions.ts";

/** What each part of lib/ may import; after "type", only `import type`. Texts (`with { type: "text" }`) are data. */
const mayImport: Record<string, readonly string[]> = {
  irc: [],
  net: ["irc"],
  store: ["irc"],
  bus: ["irc"],
  hub: ["irc", "type net", "type store", "type bus", "type options.ts"],
  commands: ["irc", "hub", "type store"],
  web: ["irc", "net", "type hub", "type store"],
  client: ["irc", "net"],
  terminal: ["irc", "client", "options.ts", "completions.ts"],
  page: ["irc", "net", "client"],
  server: ["irc", "net", "web", "type hub"],
  "options.ts": [],
  "completions.ts": ["options.ts"],
  "server.ts": [
    "irc",
    "net",
    "store",
    "bus",
    "hub",
    "commands",
    "web",
    "server",
    "options.ts",
    "completions.ts",
    "version.ts",
  ],
  "client.ts": ["net", "client", "terminal", "options.ts", "completions.ts", "version.ts"],
};

/** Each outside thing is touched in one part, or in one file, alone. */
const onlyIn: readonly (readonly [thing: RegExp, place: string])[] = [
  [/\bfrom "node:sqlite"/, "lib/store/"],
  [/\bfrom "@nats-io\//, "lib/bus/nats"],
  [/\bDeno\.(stdin|stdout|consoleSize)\b/, "lib/terminal/"],
  [/\bdocument\./, "lib/page/"],
];

const neverWritten: readonly (readonly [fault: string, pattern: RegExp])[] = [
  ["uses console", /^(?!\s*(\*|\/\/)).*\bconsole\./m],
  ["exports a default", /^export default\b/m],
  ["is a barrel", /^export \* from\b/m],
  ["names a package outside deno.json", /\b(from|import\() ?"(npm|jsr|https?):/],
  ["says private instead of #", /^ +(private|protected) /m],
];

const allowedOnTop = [
  "deno.json",
  "deno.lock",
  "server.ts",
  "client.ts",
  "lib",
  "tests",
  "README.md",
  "LICENSE",
];
/** What .gitignore keeps out. */
const unseenOnTop = ["data", "dist", "coverage", "node_modules"];
const drawerName = /^(utils?|helpers?|common|misc|types?|index|constants?)(_test)?\.ts$/;
const maxLines = 400;
const maxFunctionLines = 60;
/** Tables of data may be long. */
const longTables: readonly string[] = ["lib/irc/numerics.ts", "lib/hub/settings.ts"];

const root = new URL("../", import.meta.url);

Deno.test({
  name: "lib/, tests/ and the two programs keep to their layout",
  ignore: !granted("read"),
  fn() {
    const faults = [...topFaults(), ...folderFaults()];
    for (const path of sources()) faults.push(...fileFaults(path).map((fault) => `${path} ${fault}`));
    assertEquals(faults, []);
  },
});

Deno.test({
  name: "the README names only files and folders that exist",
  ignore: !granted("read"),
  fn() {
    const text = Deno.readTextFileSync(new URL("README.md", root));
    const named = new Set(text.match(/(?<![\w./-])(lib|tests|\.ci)\/[\w./]*\w(?=\/?[`\s)\],;:."])/g));
    assertEquals([...named].filter((path) => !exists(path)), []);
  },
});

Deno.test({
  name: "what the page reaches needs nothing but a browser",
  ignore: !granted("read", "run"),
  async fn() {
    const entries = ["lib/page/page.ts", "lib/client/client.ts"].filter(exists);
    if (entries.length === 0) return;
    const { success, stderr } = await new Deno.Command(Deno.execPath(), {
      args: ["check", "--config", "tests/browser.json", ...entries],
      cwd: root,
      env: { NO_COLOR: "1" },
    }).output();
    assertEquals(success ? "" : new TextDecoder().decode(stderr), "");
  },
});

function* topFaults(): Generator<string> {
  for (const { name } of Deno.readDirSync(root)) {
    if (
      name.startsWith(".") || name.endsWith(".log") || unseenOnTop.includes(name) ||
      allowedOnTop.includes(name)
    ) continue;
    yield `${name} does not belong on the top level`;
  }
}

function* folderFaults(): Generator<string> {
  for (const top of ["lib", "tests"]) {
    for (const part of list(top).filter(isFolder)) {
      if (top === "lib" && !Object.hasOwn(mayImport, lastName(part))) {
        yield `${part}/ is no part of the design`;
      }
      for (const folder of list(part).filter(isFolder)) yield `${folder}/ is deeper than ${top}/<part>/`;
    }
  }
}

/** Every .ts file, by its path from the root. */
function sources(): string[] {
  const folders = ["lib", "tests"].flatMap((top) => [top, ...list(top).filter(isFolder)]);
  const files = folders.flatMap(list).filter((path) => path.endsWith(".ts") && path !== "lib/std.d.ts");
  return [...["server.ts", "client.ts"].filter(exists), ...files];
}

function fileFaults(path: string): string[] {
  const text = Deno.readTextFileSync(new URL(path, root));
  const faults: string[] = [];
  if (drawerName.test(lastName(path))) faults.push("is named like a drawer; name what is in it");
  const lines = text.split("\n").length - 1;
  if (lines > maxLines && !longTables.includes(path)) {
    faults.push(`has ${lines} lines, ${maxLines} are allowed`);
  }
  if (path.startsWith("tests/")) return faults;
  if (!/^(\/\/.*\n)*\/\*\*/.test(text)) faults.push("does not open with /** what it is for */");
  faults.push(...importFaults(path, text), ...longFunctions(text));
  if (!path.startsWith("lib/")) return faults;
  for (const [fault, pattern] of neverWritten) if (pattern.test(text)) faults.push(fault);
  for (const [thing, place] of onlyIn) {
    if (thing.test(text) && !path.startsWith(place)) {
      faults.push(`has ${thing.source}, which is for ${place} alone`);
    }
  }
  return faults;
}

function importFaults(path: string, text: string): string[] {
  const [, own = ""] = /^(?:lib\/)?([^/]+)/.exec(path) ?? [];
  const allowed = mayImport[own] ?? [];
  const faults: string[] = [];
  const specifier =
    /^(?:import|export) (type )?[^;]*?from "(\.[^"]+)"( with \{ type: "(?:text|bytes)" \})?|\bimport\("(\.[^"]+)"\)/gm;
  for (const [, type, fixed, asText, dynamic] of text.matchAll(specifier)) {
    const target = new URL(fixed ?? dynamic ?? "", new URL(path, root)).href.slice(root.href.length);
    const [, other = target] = /^lib\/([^/]+)/.exec(target) ?? [];
    if (other === own || asText || allowed.includes(other) || (type && allowed.includes(`type ${other}`))) {
      continue;
    }
    faults.push(`imports ${target}${type ? " as a type" : ""}, which ${own} may not`);
  }
  return faults;
}

/** Functions and methods over the limit. It counts lines by their indent, as `deno fmt` leaves them. */
function longFunctions(text: string): string[] {
  const lines = text.split("\n");
  const faults: string[] = [];
  let inClass = false;
  for (const [start, line] of lines.entries()) {
    if (/^(export )?(abstract )?class /.test(line)) inClass = true;
    if (line === "}") inClass = false;
    const name = functionName(line, inClass);
    if (name === undefined) continue;
    const end = lines.indexOf(line.startsWith("  ") ? "  }" : "}", start);
    const length = end - start + 1;
    if (length > maxFunctionLines) {
      faults.push(`${name}() has ${length} lines, ${maxFunctionLines} are allowed`);
    }
  }
  return faults;
}

function functionName(line: string, inClass: boolean): string | undefined {
  if (line.endsWith(";")) return undefined;
  const method = /^ {2}(?:(?:async|static|override|get|set|private) )*\*? ?([#\w]+|\[[\w.]+\])(?:<.*>)?\(/;
  const declared = /^(?:export )?(?:async )?function\*? (\w+)/;
  return (inClass ? method : declared).exec(line)?.[1];
}

function list(folder: string): string[] {
  if (!exists(folder)) return [];
  return [...Deno.readDirSync(new URL(`${folder}/`, root))].map(({ name }) => `${folder}/${name}`).sort();
}

function isFolder(path: string): boolean {
  return Deno.statSync(new URL(path, root)).isDirectory;
}

function exists(path: string): boolean {
  try {
    Deno.statSync(new URL(path, root));
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}

function lastName(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1);
}
