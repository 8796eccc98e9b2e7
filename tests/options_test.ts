/** The table of options: accepted values, refusals with their sentences, and --help. */

import { assertEquals, assertLessOrEqual } from "@std/assert";
import { helpText, type OptionTable, parseOptions } from "../lib/options.ts";

const rows = {
  host: { kind: "text", default: "127.0.0.1", env: "CHAT_HOST", help: "Address to listen on" },
  port: {
    kind: "number",
    default: 6667,
    min: 0,
    max: 65535,
    short: "p",
    env: "CHAT_PORT",
    help: "Port for IRC",
  },
  motd: { kind: "text", help: "Words of welcome" },
  log: { kind: "text", default: "normal", choices: ["quiet", "normal", "loud"], help: "How much to say" },
  password: { kind: "text", env: "CHAT_PASSWORD", secret: true, help: "Asked of everybody" },
  code: { kind: "number", env: "CHAT_CODE", secret: true, default: 7, help: "A number nobody may see" },
  maxUpload: { kind: "size", default: 10 * 2 ** 20, max: 2 ** 30, group: "Limits", help: "Largest file" },
  idleTime: { kind: "duration", default: 120_000, min: 1000, group: "Limits", help: "Silence before a PING" },
  web: { kind: "flag", default: true, env: "CHAT_WEB", help: "Serve the web page" },
  ephemeral: { kind: "flag", short: "e", help: "Keep everything in memory" },
  join: {
    kind: "list",
    default: ["#lobby"],
    env: "CHAT_JOIN",
    short: "j",
    formerName: "enter",
    metavar: "CHANNEL",
    help: "Channel to join",
  },
} as const satisfies OptionTable;

type Value = string | number | boolean | readonly string[] | undefined;

const understood: [
  name: string,
  args: string[],
  env: Record<string, string>,
  key: keyof typeof rows,
  value: Value,
][] = [
  ["the default when nothing is given", [], {}, "port", 6667],
  ["undefined when there is no default", [], {}, "motd", undefined],
  ["--name value", ["--host", "::1"], {}, "host", "::1"],
  ["--name=value", ["--host=::1"], {}, "host", "::1"],
  ["a value with = and spaces", ["--motd", "a=b c"], {}, "motd", "a=b c"],
  ["text that looks like a number as text", ["--motd", "007"], {}, "motd", "007"],
  ["a short flag", ["-p", "0"], {}, "port", 0],
  ["the last of two", ["--port", "1", "--port", "2"], {}, "port", 2],
  ["the environment", [], { CHAT_PORT: "7000" }, "port", 7000],
  ["the flag before the environment", ["--port=1"], { CHAT_PORT: "7000" }, "port", 1],
  ["an empty variable as absent", [], { CHAT_PORT: "" }, "port", 6667],
  ["one of the choices", ["--log", "loud"], {}, "log", "loud"],
  ["a flag", ["--ephemeral"], {}, "ephemeral", true],
  ["a flag that is not given", [], {}, "ephemeral", false],
  ["a short one", ["-e"], {}, "ephemeral", true],
  ["a flag turned off", ["--no-web"], {}, "web", false],
  ["a flag with a value", ["--web=no"], {}, "web", false],
  ["a flag from the environment", [], { CHAT_WEB: "off" }, "web", false],
  ["--web before the environment", ["--web"], { CHAT_WEB: "off" }, "web", true],
  ["kebab-case for camelCase", ["--max-upload", "64k"], {}, "maxUpload", 65536],
  ["plain bytes", ["--max-upload", "512"], {}, "maxUpload", 512],
  ["MiB", ["--max-upload", "1.5MiB"], {}, "maxUpload", 1572864],
  ["minutes", ["--idle-time", "5m"], {}, "idleTime", 300_000],
  ["milliseconds", ["--idle-time", "1500ms"], {}, "idleTime", 1500],
  ["a list's default", [], {}, "join", ["#lobby"]],
  ["a repeated flag as a list", ["--join", "#tea", "-j", "#den"], {}, "join", ["#tea", "#den"]],
  ["the former name of a flag", ["--enter", "#tea", "--join=#den"], {}, "join", ["#tea", "#den"]],
  ["a list from the environment", [], { CHAT_JOIN: "#tea, #den," }, "join", ["#tea", "#den"]],
];

for (const [name, args, env, key, value] of understood) {
  Deno.test(`parseOptions() accepts ${name}`, () => {
    const parsed = parseOptions(rows, args, env);
    assertEquals("fault" in parsed ? parsed.fault : parsed.values[key], value);
  });
}

const refused: [args: string[], env: Record<string, string>, fault: string][] = [
  [["--prot", "1"], {}, "Cannot use --prot: there is no such option, did you mean --port?"],
  [["--ephem"], {}, "Cannot use --ephem: there is no such option, did you mean --ephemeral?"],
  [["--colour=red"], {}, "Cannot use --colour: there is no such option, see --help"],
  [["--host.name=a"], {}, "Cannot use --host.name: there is no such option, see --help"],
  [["--__proto__=a"], {}, "Cannot use --__proto__: there is no such option, see --help"],
  [["--no-port"], {}, "Cannot use --no-port: there is no such option, see --help"],
  [["-x"], {}, "Cannot use -x: there is no such option, see --help"],
  [["--port", "99999"], {}, 'Cannot set --port to "99999": it must be a whole number, from 0 to 65535'],
  [["-p", "1.5"], {}, 'Cannot set --port to "1.5": it must be a whole number, from 0 to 65535'],
  [[], { CHAT_PORT: "http" }, 'Cannot set CHAT_PORT to "http": it must be a whole number, from 0 to 65535'],
  [["--port"], {}, "Cannot use --port without a value: write --port=NUMBER"],
  [["--host="], {}, "Cannot use --host without a value: write --host=TEXT"],
  [["--motd", "--ephemeral"], {}, "Cannot use --motd without a value: write --motd=TEXT"],
  [["--join"], {}, "Cannot use --join without a value: write --join=CHANNEL"],
  [["--log", "silent"], {}, 'Cannot set --log to "silent": it must be one of quiet, normal, loud'],
  [["--web=maybe"], {}, 'Cannot set --web to "maybe": it must be true or false'],
  [
    ["--max-upload", "2G"],
    {},
    'Cannot set --max-upload to "2G": it must be a size such as 512, 64K or 10M, at most 1G',
  ],
  [
    ["--idle-time", "90"],
    {},
    'Cannot set --idle-time to "90": it must be a time such as 30s, 5m, 2h or 7d, at least 1s',
  ],
  [["--code", "sesame"], {}, "Cannot set --code: it must be a whole number"],
];

for (const [args, env, fault] of refused) {
  Deno.test(`parseOptions() refuses ${args.join(" ") || JSON.stringify(env)}`, () => {
    assertEquals(parseOptions(rows, args, env), { fault });
  });
}

Deno.test("parseOptions() returns other arguments in order, and everything after --", () => {
  const parsed = parseOptions(rows, ["one", "--port", "1", "02", "--", "--three"], {});
  assertEquals("fault" in parsed ? parsed : parsed.positional, ["one", "02", "--three"]);
});

Deno.test("parseOptions() infers the type of each value from its row", () => {
  const parsed = parseOptions(rows, [], {});
  if ("fault" in parsed) throw new Error(parsed.fault);
  const { host, port, motd, log, web, join, maxUpload } = parsed.values;
  const typed: [
    string,
    number,
    string | undefined,
    "quiet" | "normal" | "loud",
    boolean,
    readonly string[],
    number,
  ] = [
    host,
    port,
    motd,
    log,
    web,
    join,
    maxUpload,
  ];
  assertEquals(typed.length, 7);
  // @ts-expect-error -- without a default the value can be undefined
  const certain: string = motd;
  assertEquals(certain, undefined);
});

Deno.test("helpText() shows the examples first, then aligned options by group with defaults and variables", () => {
  const { host, port, password, maxUpload, web, join } = rows;
  const help = helpText({
    usage: "Parley server",
    examples: [["server.ts", "start here"], ["server.ts --port 0", "start on any free port"]],
    rows: { host, port, password, maxUpload, web, join },
    width: 72,
  });
  assertEquals(
    help,
    `Parley server

  server.ts           start here
  server.ts --port 0  start on any free port

Options:
      --host TEXT        Address to listen on [default 127.0.0.1;
                         env CHAT_HOST]
  -p, --port NUMBER      Port for IRC [default 6667; env CHAT_PORT]
      --password TEXT    Asked of everybody [env CHAT_PASSWORD]
      --[no-]web         Serve the web page [default on; env CHAT_WEB]
  -j, --join CHANNEL     Channel to join [can be repeated;
                         default #lobby; env CHAT_JOIN]

Limits:
      --max-upload SIZE  Largest file [default 10M]
`,
  );
});

Deno.test("helpText() stays within its width and never shows a secret", () => {
  const help = helpText({ usage: "x", examples: [["a".repeat(60), "long command"]], rows });
  for (const line of help.split("\n")) assertLessOrEqual(line.length, 96);
  assertEquals(/default 7\b/.test(help), false);
});
