/** Operators of the real program: making a verifier, becoming operator, reading files again, bans after a restart. */
import { assert, assertEquals, assertMatch } from "@std/assert";
import { temporaryFolder } from "./support/folder.ts";
import { Pane } from "./support/pane.ts";
import { Peer } from "./support/peer.ts";
import { granted, programPermissions } from "./support/permissions.ts";
import { hasProgram } from "./support/programs.ts";
import { startServer } from "./support/server.ts";
import { ask } from "./support/transcript.ts";

const ignore = !granted(...programPermissions);
const script = new URL("../server.ts", import.meta.url).pathname;

Deno.test({ name: "a piped password becomes a verifier that OPER accepts", ignore, fn: verifier });
Deno.test({
  name: "an empty password and an invalid verifier are refused in a sentence",
  ignore,
  fn: refused,
});
Deno.test({ name: "SIGHUP reads the message of the day and the operators again", ignore, fn: hangUp });
Deno.test({ name: "server bans survive a restart", ignore, fn: restart });
Deno.test({
  name: "a typed password for a verifier is asked for twice, and not shown",
  ignore: ignore || !hasProgram("tmux"),
  fn: typedTwice,
});

async function run(args: string[], input: string): Promise<{ code: number; stdout: string; stderr: string }> {
  const command = new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", script, ...args],
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
  });
  const child = command.spawn();
  const writer = child.stdin.getWriter();
  await writer.write(new TextEncoder().encode(input));
  await writer.close();
  const { code, stdout, stderr } = await child.output();
  const decoder = new TextDecoder();
  return { code, stdout: decoder.decode(stdout).trim(), stderr: decoder.decode(stderr).trim() };
}

async function verifier(): Promise<void> {
  const made = await run(["--make-verifier"], "open sesame\n");
  assertEquals(made.code, 0);
  assertMatch(made.stdout, /^SCRAM-SHA-256\$600000:\S+$/);
  await using server = await startServer(["--oper", `root:${made.stdout}`]);
  await using ann = await Peer.connect(server.port, "ann");
  assertMatch((await ask(ann, "OPER root :open sesam"))[0] ?? "", / 464 /);
  assertMatch((await ask(ann, "OPER root :open sesame"))[0] ?? "", / MODE ann \+o$/);
}

async function refused(): Promise<void> {
  const empty = await run(["--make-verifier"], "");
  assertEquals([empty.code, empty.stderr], [
    2,
    "Cannot make a verifier: the password is empty; type it, or pipe it to the program",
  ]);
  const plain = await run(["--oper", "root:open sesame"], "");
  const sentence = "Cannot read an operator: write NAME:VERIFIER, and make a verifier with --make-verifier";
  assertEquals([plain.code, plain.stderr], [2, sentence]);
}

async function hangUp(): Promise<void> {
  using place = temporaryFolder();
  const [motd, opers] = [`${place.folder}/motd`, `${place.folder}/opers`];
  await Deno.writeTextFile(motd, "first\r\n");
  await Deno.writeTextFile(opers, "# nobody yet\n\n");
  await using server = await startServer(["--motd", motd, "--oper-file", opers]);
  await using ann = await Peer.connect(server.port, "ann");
  assertEquals((await ask(ann, "MOTD"))[1], ":parley.local 372 ann :- first");
  const made = await run(["--make-verifier"], "open sesame");
  await Deno.writeTextFile(motd, "second");
  await Deno.writeTextFile(opers, `root:${made.stdout}\n`);
  Deno.kill(server.pid, "SIGHUP");
  while ((await ask(ann, "MOTD"))[1] !== ":parley.local 372 ann :- second");
  assertEquals((await ask(ann, "OPER root :open sesame")).length, 3);
}

async function restart(): Promise<void> {
  using place = temporaryFolder();
  const made = await run(["--make-verifier"], "open sesame");
  const flags = ["--data", `${place.folder}/data`, "--oper", `root:${made.stdout}`];
  {
    await using server = await startServer(flags);
    await using ann = await Peer.connect(server.port, "ann");
    await ask(ann, "OPER root :open sesame", "UBAN ADD 10.1.0.0/16 :too loud");
    await server.stop();
  }
  await using server = await startServer(flags);
  await using ann = await Peer.connect(server.port, "ann");
  const lines = await ask(ann, "OPER root :open sesame", "UBAN LIST");
  assert(lines.some((line) => line.includes("10.1.0.0/16 permanently, by ann")), lines.join("\n"));
}

async function typedTwice(): Promise<void> {
  for (
    const [again, wanted] of [["open sesame", "SCRAM-SHA-256$600000:"], [
      "open sesam",
      "the two passwords differ",
    ]]
  ) {
    await using pane = new Pane();
    await pane.open("--make-verifier", "", "server.ts");
    await pane.until("Password:");
    await pane.press("open sesame", "Enter");
    await pane.until("Repeat the password:");
    await pane.press(again ?? "", "Enter");
    assert(!(await pane.until(wanted ?? "")).includes("sesam"));
  }
}
