/**
 * `deno task compile [TARGET…]`: compiles the server and the client to programs that need no Deno, in dist/TARGET/.
 * Without a target it compiles for all six that Deno supports; "here" is the target of this machine.
 */

/** The compiled programs. `include` lists what the program reads as files, besides its imports. */
export const programs = [
  {
    name: "parley-server",
    entry: "server.ts",
    include: [
      "lib/client",
      "lib/irc",
      "lib/net",
      "lib/deadlines.ts",
      "lib/nearest_word.ts",
      "lib/server/web/page_joiner.ts",
    ],
  },
  { name: "parley", entry: "client.ts", include: [] },
] as const;

/** The targets. */
export const targets: readonly string[] = [
  "x86_64-unknown-linux-gnu",
  "aarch64-unknown-linux-gnu",
  "x86_64-pc-windows-msvc",
  "aarch64-pc-windows-msvc",
  "x86_64-apple-darwin",
  "aarch64-apple-darwin",
];

if (import.meta.main) Deno.exit(await main(Deno.args));

async function main(args: readonly string[]): Promise<number> {
  const wanted = args.length === 0 ? targets : args.map((word) => word === "here" ? Deno.build.target : word);
  const unknown = wanted.find((target) => !targets.includes(target));
  if (unknown !== undefined) {
    return fail(`Cannot compile for "${unknown}": it can be here, ${targets.join(", ")}`, 2);
  }
  for (const target of wanted) {
    for (const program of programs) {
      const fault = await compile(program, target);
      if (fault !== undefined) return fail(fault, 1);
    }
  }
  return 0;
}

/** The fault as a sentence, or in Deno's own words; undefined if the compiling worked. */
async function compile(
  { name, entry, include }: typeof programs[number],
  target: string,
): Promise<string | undefined> {
  const path = `dist/${target}/${name}`;
  const included = include.flatMap((folder) => ["--include", folder]);
  const { success, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["compile", "--quiet", "-A", "--target", target, ...included, "-o", path, entry],
    stdin: "null",
    stdout: "null",
    env: { NO_COLOR: "1" },
  }).output();
  const words = new TextDecoder().decode(stderr).trim();
  if (!success) return faultIn(words, path);
  await print(Deno.stdout, path);
}

/** A message of Deno about `path`; one sentence if only the runtime could not be downloaded. */
export function faultIn(words: string, path: string): string {
  const address = /https:\/\/\S+\/denort-[^\s)]+\.zip/.exec(words)?.[0];
  return address === undefined
    ? `Cannot make ${path}: ${words}`
    : `Cannot make ${path}: the Deno runtime could not be downloaded from ${address}`;
}

async function fail(sentence: string, code: number): Promise<number> {
  await print(Deno.stderr, sentence);
  return code;
}

async function print(to: { write(bytes: Uint8Array): Promise<number> }, sentence: string): Promise<void> {
  await to.write(new TextEncoder().encode(`${sentence}\n`));
}
