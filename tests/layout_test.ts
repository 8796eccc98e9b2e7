/**
 * The structure of the code: allowed imports, the length of files and functions, forbidden file names, and the only
 * parts that use an outside interface. Change a table here only together with the design.
 */

import { assertEquals } from "@std/assert";
import { pageAsset } from "../lib/server/web/page_assets.ts";
import { granted } from "./support/permissions.ts";
import { exists, isFolder, lastName, list, parts, root, wings } from "./support/tree.ts";

const chatTypes = ["type server/store", "type server/chat", "type server/hub"];
const timing = ["deadlines.ts", "turns.ts", "socket_rounds.ts"];
const ofPrograms = ["environment.ts", "options.ts", "completions.ts", "run_command.ts", "version.ts"];

/**
 * The folders that each folder of lib/ may import besides itself; after "type", only `import type`. A folder imports
 * none above it, so the rows stand in an order: each names rows before it only. Texts (`with { type: "text" }`) are
 * data.
 */
const mayImport: Record<string, readonly string[]> = {
  irc: [],
  "deadlines.ts": [],
  "turns.ts": [],
  "socket_rounds.ts": [],
  "open_libc.ts": [],
  "nearest_word.ts": [],
  "options.ts": ["nearest_word.ts"],
  "completions.ts": ["options.ts"],
  "environment.ts": [],
  "version.ts": [],
  "run_command.ts": [],
  net: ["deadlines.ts", "socket_rounds.ts", "open_libc.ts", "irc"],

  "server/settings": ["type options.ts"],
  "server/names": ["irc"],
  "server/store": [...timing, "open_libc.ts", "irc", "server/names"],
  "server/chat": ["irc", "type net", "type server/settings", "server/names", "type server/store"],
  "server/render": ["irc", "type net", "type server/store", "server/chat"],
  "server/apply": ["irc", "type server/store", "server/chat", "server/render"],
  "server/hub": [...timing, "irc", "type net", "server/chat", "server/render", "server/apply"],
  "server/commands": [
    ...timing,
    "irc",
    "type server/settings",
    "server/names",
    "type server/store",
    "server/chat",
    "server/render",
    "type server/apply",
    "type server/hub",
  ],
  "server/cluster": [
    ...timing,
    "irc",
    "type server/settings",
    "type server/store",
    "server/chat",
    "server/render",
    "server/apply",
    "type server/hub",
  ],
  "server/media": ["turns.ts"],
  "server/web": [...timing, "irc", "net", "server/media", ...chatTypes],
  "server/start": [
    "deadlines.ts",
    "socket_rounds.ts",
    "run_command.ts",
    "irc",
    "net",
    "type server/settings",
    "server/store",
    "server/chat",
    "server/render",
    "server/hub",
    "server/commands",
    "server/cluster",
    "server/web",
  ],

  "client/state": ["irc"],
  "client/core": ["deadlines.ts", "irc", "net", "client/state"],
  "client/text": ["irc", "client/state", "client/core"],
  "client/slash": ["nearest_word.ts", "irc", "client/state", "client/core", "client/text"],
  "client/terminal": ["deadlines.ts", "irc", "client/state", "client/core", "client/text", "client/slash"],
  "client/elements": ["client/state", "client/core", "client/text", "client/slash"],
  "client/timeline": ["irc", "client/state", "client/core", "client/text", "client/slash", "client/elements"],
  "client/page": [
    "deadlines.ts",
    "irc",
    "net",
    "client/state",
    "client/core",
    "client/text",
    "client/slash",
    "client/elements",
    "client/timeline",
  ],
  "client/cli": [
    "deadlines.ts",
    "options.ts",
    "completions.ts",
    "run_command.ts",
    "net",
    "client/state",
    "client/core",
    "client/text",
    "client/slash",
    "client/terminal",
  ],

  "server.ts": [
    "deadlines.ts",
    "irc",
    "net",
    "server/settings",
    "type server/store",
    "server/hub",
    "type server/cluster",
    "server/start",
    ...ofPrograms,
  ],
  "client.ts": ["client/state", "client/core", "client/terminal", "client/cli", ...ofPrograms],
};
/** The folders that make the page. */
const browserFolders = ["lib/client/elements/", "lib/client/timeline/", "lib/client/page/"];
/** Only these places use each outside interface. */
const onlyIn: readonly (readonly [thing: RegExp, ...places: string[]])[] = [
  [/\bfrom "node:sqlite"/, "lib/server/store/"],
  // The mode only shows the right of an operator; User.isOperator asks for it.
  [/\bmodes\.has\("o"\)/, "lib/server/chat/user.ts", "lib/server/apply/operator_right.ts"],
  [/\bfrom "@nats-io\//, "lib/server/cluster/nats"],
  [/\bDeno\.(stdin|stdout|consoleSize)\b/, "lib/client/"],
  [/\bdocument\./, ...browserFolders],
  // Elsewhere a handler would act on the keys of an input method.
  [
    /["']?\b(keydown|keyup|keypress)\b["']?[,:]|\bonkey(down|up|press)\b|\.isComposing\b/,
    "lib/client/elements/key_press.ts",
  ],
  // People and programs set the wall clock. Elsewhere the time comes from the clock of the chat, or of the client.
  [
    /^(?!\s*(?:\*|\/\/|\/\*)).*(?:\bDate\.now\b|\bnew Date\(\))/m,
    "lib/irc/clock.ts",
    "lib/client/core/client.ts",
    "lib/client/core/sleep_watch.ts",
  ],
  // Reading these throws where the browser blocks storage.
  [/\b(local|session)Storage\b/, "lib/client/elements/browser_storage.ts"],
];

/** The classes that change the chat. Commands, render and web get the read-only views (Chat, User, Channel …). */
const mutableState = /\b[A-Z]\w*State\b/;
const seesViewsOnly = ["lib/server/commands/", "lib/server/render/", "lib/server/web/"];

/** Code names numerics by the table of lib/irc/numerics.ts. The terminal has other numbers in quotes. */
const bareNumeric = /^(?!\s*(\*|\/\/)).*(["'`])\d{3}\2/m;
const namesNumerics = [
  "lib/server/",
  "lib/client/state/",
  "lib/client/core/",
  "lib/client/text/",
  "lib/client/slash/",
  ...browserFolders,
  "lib/client/cli/",
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
  "findings",
  "README.md",
  "LICENSE",
];
/** The folders that .gitignore excludes. */
const unseenOnTop = ["data", "dist", "coverage", "node_modules"];
const drawerName = /^(utils?|helpers?|common|misc|types?|index|constants?)(_test)?\.ts$/;
const maxLines = 400;
const maxFunctionLines = 60;
/** The most files that one file may import. */
const maxImports = 19;
/** Tables of data can be longer. */
const longTables: readonly string[] = ["lib/irc/numerics.ts"];

Deno.test({
  name: "lib/, tests/ and the two programs keep to their layout",
  ignore: !granted("read"),
  fn() {
    const faults = [...topFaults(), ...folderFaults()];
    for (const path of sources()) faults.push(...fileFaults(path).map((fault) => `${path} ${fault}`));
    assertEquals(faults, []);
  },
});

Deno.test("each folder imports only folders of the rows before it, so folders have no circle", () => {
  const rows = Object.keys(mayImport);
  const faults = rows.flatMap((row, at) =>
    (mayImport[row] ?? []).map((name) => name.replace(/^type /, ""))
      .filter((name) => !rows.slice(0, at).includes(name))
      .map((name) => `${row} may import ${name}, which has no row before it`)
  );
  assertEquals(faults, []);
});

Deno.test({
  name: "the files of lib/server/apply/ import no values in a circle",
  ignore: !granted("read"),
  fn() {
    const files = list("lib/server/apply").filter((path) => path.endsWith(".ts"));
    const imports = new Map(files.map((path) => {
      const values = importsOf(path, Deno.readTextFileSync(new URL(path, root))).filter(({ isType }) =>
        !isType
      );
      return [path, values.map(({ target }) => target).filter((target) => files.includes(target))];
    }));
    assertEquals(inCircles(imports), []);
  },
});

Deno.test({
  name: "the server serves to browsers every part that the page can import",
  ignore: !granted("read"),
  fn() {
    const files = reachableParts("client/page").map((part) =>
      part.endsWith(".ts") ? `lib/${part}` : list(`lib/${part}`).find((path) => path.endsWith(".ts"))
    );
    assertEquals(files.filter((path) => pageAsset(`/${path}`) === undefined), []);
  },
});

Deno.test({
  name: "the modules of the page need only a browser",
  ignore: !granted("read", "run"),
  async fn() {
    const entries = ["lib/client/page/page.ts", "lib/client/core/client.ts"].filter(exists);
    if (entries.length === 0) return;
    const { success, stderr } = await new Deno.Command(Deno.execPath(), {
      args: ["check", "--config", "tests/browser.json", ...entries],
      cwd: root,
      env: { NO_COLOR: "1" },
    }).output();
    assertEquals(success ? "" : new TextDecoder().decode(stderr), "");
  },
});

/** A part, and the parts that it can import, directly or through others. */
function reachableParts(part: string): string[] {
  const imported = (mayImport[part] ?? []).map((name) => name.replace(/^type /, ""));
  return [...new Set([part, ...imported.flatMap(reachableParts)])];
}

/** The files in import circles: the files that remain if files without remaining imports are removed repeatedly. */
function inCircles(imports: ReadonlyMap<string, readonly string[]>): string[] {
  const left = new Map(imports);
  for (let before = -1; before !== left.size;) {
    before = left.size;
    for (const [path, targets] of left) if (!targets.some((target) => left.has(target))) left.delete(path);
  }
  return [...left.keys()];
}

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
  for (const part of parts("lib")) {
    if (!Object.hasOwn(mayImport, part.slice("lib/".length))) yield `${part}/ is no part of the design`;
  }
  for (const part of [...parts("lib"), ...parts("tests")]) {
    for (const folder of list(part).filter(isFolder)) yield `${folder}/ is deeper than a part`;
  }
  for (const wing of wings) {
    for (const file of list(`lib/${wing}`)) {
      if (file.endsWith(".ts")) yield `${file} is in no part of its wing`;
    }
  }
}

/** Every .ts file, by its path from the root. */
function sources(): string[] {
  const folders = ["lib", "tests"].flatMap((top) => [top, ...parts(top)]);
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
  if (seesViewsOnly.some((place) => path.startsWith(place)) && mutableState.test(text)) {
    faults.push(`names ${mutableState.exec(text)?.[0]}; it gets the read-only view only`);
  }
  if (namesNumerics.some((place) => path.startsWith(place)) && bareNumeric.test(text)) {
    faults.push("has the code of a numeric; name it");
  }
  for (const [thing, ...places] of onlyIn) {
    if (thing.test(text) && !places.some((place) => path.startsWith(place))) {
      faults.push(`has ${thing.source}, which is only for ${places.join(", ")}`);
    }
  }
  return faults;
}

function importFaults(path: string, text: string): string[] {
  const own = partOf(path);
  const allowed = mayImport[own] ?? [];
  const faults: string[] = [];
  const imports = importsOf(path, text);
  for (const { target, isType, isText } of imports) {
    const other = partOf(target);
    if (other === own || isText || allowed.includes(other) || (isType && allowed.includes(`type ${other}`))) {
      continue;
    }
    faults.push(`imports ${target}${isType ? " as a type" : ""}, which ${own} may not`);
  }
  const files = new Set(imports.map(({ target }) => target)).size;
  if (files > maxImports) faults.push(`imports ${files} files, ${maxImports} are allowed`);
  return faults;
}

interface Import {
  /** By its path from the root. */
  readonly target: string;
  readonly isType: boolean;
  readonly isText: boolean;
}

function importsOf(path: string, text: string): Import[] {
  const specifier =
    /^(?:import|export) (type )?[^;]*?from "(\.[^"]+)"( with \{ type: "(?:text|bytes)" \})?|\bimport\("(\.[^"]+)"\)/gm;
  return [...text.matchAll(specifier)].map(([, type, fixed, asText, dynamic]) => ({
    target: new URL(fixed ?? dynamic ?? "", new URL(path, root)).href.slice(root.href.length),
    isType: type !== undefined,
    isText: asText !== undefined,
  }));
}

/** "lib/server/chat/user.ts" → "server/chat", "lib/options.ts" → "options.ts", "server.ts" → "server.ts". */
function partOf(path: string): string {
  const [top = "", part = "", folder = ""] = path.split("/");
  if (top !== "lib") return path;
  return wings.includes(part) ? `${part}/${folder}` : part;
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
