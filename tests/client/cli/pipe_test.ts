import { assertEquals } from "@std/assert";
import type { PipeParts } from "../../../lib/client/cli/pipe.ts";
import { Pipe } from "../../../lib/client/cli/pipe.ts";
import { ServerEnd, turn } from "../core/wired_client.ts";

/** A pipe that sends `lines`, on a connection that the test controls. */
class PipeRun {
  readonly out: string[] = [];
  readonly err: string[] = [];
  readonly wire = new ServerEnd();
  readonly running: ReturnType<Pipe["run"]>;

  constructor(lines: readonly string[], parts: Partial<PipeParts> = {}, nick = "bob") {
    const pipe = new Pipe({
      client: { nick, channels: ["#tea"], connect: () => Promise.resolve(this.wire), now: () => 0 },
      input: ReadableStream.from(lines),
      out: (line) => void this.out.push(line),
      err: (line) => void this.err.push(line),
      appearance: { depth: "none", theme: "dark" },
      timestamps: "off",
      ...parts,
    });
    this.running = pipe.run();
  }

  async enter(caps: string): Promise<ServerEnd> {
    await turn();
    await this.wire.say(`:srv CAP * LS :${caps}`, `:srv CAP * ACK :${caps}`);
    await this.wire.say(":srv 001 bob :Hi", ":srv 005 bob SAFERATE :are supported", ":srv 376 bob :End");
    // Another device of the account is in #den.
    await this.wire.say(":bob!b@h JOIN #den");
    await this.wire.say(":bob!b@h JOIN #tea");
    await turn();
    return this.wire;
  }

  /** The messages that the pipe has sent since the last call. */
  async messages(): Promise<string[]> {
    return (await this.wire.sent()).filter((line) => line.includes("PRIVMSG") || line.startsWith("@"));
  }
}

Deno.test("a pipe sends nothing after a command that asks for a password", async () => {
  const pipe = new PipeRun(["/register", "green leaves"]);
  const wire = await pipe.enter("echo-message");
  assertEquals((await wire.sent()).slice(-2), ["JOIN #tea", "QUIT"]);
  wire.abort();
  assertEquals((await pipe.running).kind, "refused");
  assertEquals(
    pipe.err.at(-1),
    "The next lines are not sent, in case they are a password: log in with --password-file",
  );
});

Deno.test("a pipe sends each line and ends when all are confirmed", async () => {
  const pipe = new PipeRun(["one", "", "  ", "/me waves", "//two"]);
  const wire = await pipe.enter("echo-message");
  const said = await pipe.messages();
  assertEquals(said, ["PRIVMSG #tea :one", "PRIVMSG #tea :\x01ACTION waves\x01", "PRIVMSG #tea :/two"]);
  await wire.say(":ann!a@h PRIVMSG #tea :hi", ...said.map((line) => `:bob!b@h ${line}`));
  assertEquals((await wire.sent()).at(-1), "QUIT");
  wire.abort();
  assertEquals((await pipe.running).kind, "done");
  assertEquals(pipe.out, ["ann: hi", "bob: one", "* bob waves", "bob: /two"]);
  assertEquals(pipe.err, ["→ bob joined #den", "→ bob joined #tea"]);
});

Deno.test("a pipe sends nothing after /quit, and quits when the lines before it are confirmed", async () => {
  const pipe = new PipeRun(["one", "/quit to bed", "two"]);
  const wire = await pipe.enter("echo-message");
  assertEquals(await pipe.messages(), ["PRIVMSG #tea :one"]);
  await wire.say(":bob!b@h PRIVMSG #tea :one");
  assertEquals(await wire.sent(), ["QUIT :to bed"]);
  wire.abort();
  assertEquals((await pipe.running).kind, "done");
  assertEquals([pipe.out, pipe.err.slice(2)], [["bob: one"], []]);
});

Deno.test("a pipe limits its unconfirmed messages", async () => {
  const pipe = new PipeRun(Array.from({ length: 50 }, (_, at) => `line ${at}`));
  const wire = await pipe.enter("echo-message");
  let said = await pipe.messages();
  assertEquals(said.length, 20);
  let all = 0;
  for (; said.length > 0; said = await pipe.messages()) {
    all += said.length;
    await wire.say(...said.map((line) => `:bob!b@h ${line}`));
  }
  assertEquals(all, 50);
  wire.abort();
  assertEquals((await pipe.running).kind, "done");
});

Deno.test("a pipe without echo-message ends on the answer to a PING", async () => {
  const pipe = new PipeRun(["one"]);
  const wire = await pipe.enter("");
  await wire.say(":srv PONG srv settle");
  wire.abort();
  assertEquals((await pipe.running).kind, "done");
  assertEquals(pipe.out, ["bob: one"]);
});

Deno.test("a pipe prints what was refused, and continues", async () => {
  const pipe = new PipeRun(["/xyzzy", "/msg nobody hi", "fine"]);
  const wire = await pipe.enter("echo-message");
  await wire.say(":srv 401 bob nobody :No such nick", ":bob!b@h PRIVMSG #tea :fine");
  wire.abort();
  assertEquals((await pipe.running).kind, "refused");
  assertEquals(pipe.out, ["bob: fine"]);
  assertEquals(pipe.err.slice(2), [
    "Unknown command /xyzzy: /help lists the commands, //xyzzy sends it as text",
    "There is nobody called nobody here",
  ]);
});

Deno.test("a pipe ends when its name is in use, when it cannot join, and when the connection is lost", async () => {
  const taken = new PipeRun(["one"]);
  await turn();
  await taken.wire.say(":srv 433 * bob :Nickname is already in use");
  taken.wire.abort();
  assertEquals([(await taken.running).kind, taken.err], ["nick refused", [
    "Cannot use the name bob: another person uses it",
  ]]);
  const replaced = new PipeRun(["one"], {}, "Zoë");
  await turn();
  await replaced.wire.say(":srv 432 * Zoë :Erroneous nickname");
  assertEquals(replaced.err, ["This server does not allow the name Zoë, so you are Zoe here"]);
  replaced.wire.abort();
  await replaced.running;
  const banned = new PipeRun(["one"]);
  await turn();
  await banned.wire.say(
    ":srv 001 bob :Hi",
    ":srv 376 bob :End",
    ":srv 474 bob #tea :Cannot join channel (+b)",
  );
  banned.wire.abort();
  assertEquals([(await banned.running).kind, banned.err], ["refused", [
    "Cannot join #tea: you are banned",
  ]]);
  const lost = new PipeRun(["one"]);
  (await lost.enter("echo-message")).abort();
  assertEquals(await lost.running, { kind: "lost", reason: "Connection closed" });
});

Deno.test("a message of several lines cannot look like two messages in a pipe", async () => {
  const pipe = new PipeRun(["x"]);
  const wire = await pipe.enter("echo-message");
  await wire.say("BATCH +1 draft/multiline #tea", "@batch=1 :ann!a@h PRIVMSG #tea :hi");
  await wire.say("@batch=1 :ann!a@h PRIVMSG #tea :bob: lies", "BATCH -1", ":bob!b@h PRIVMSG #tea :x");
  wire.abort();
  await pipe.running;
  assertEquals(pipe.out, ["ann: hi\n  bob: lies", "bob: x"]);
});
