/** The job "send" when the server does not confirm: the exit code is not 0, and the text is printed. */

import { assertEquals } from "@std/assert";
import { Script } from "../../../lib/client/cli/script.ts";
import { ServerEnd, turn } from "../core/wired_client.ts";

async function send(text: string, act: (server: ServerEnd) => Promise<void> | void) {
  const server = new ServerEnd();
  const errors: string[] = [];
  const script = new Script({
    client: { nick: "bob", connect: () => Promise.resolve(server), delay: () => 60_000, answerMs: 10 },
    job: { kind: "send", target: "#tea", text: undefined },
    input: () => Promise.resolve(text),
    since: undefined,
    limit: 1,
    json: false,
    out: () => {},
    err: (line) => void errors.push(line),
    appearance: { depth: "none", theme: "dark" },
    timestamps: "off",
  });
  const running = script.run();
  await turn();
  const caps = "echo-message labeled-response batch";
  await server.say(`:srv CAP * LS :${caps}`, `:srv CAP * ACK :${caps}`);
  await server.say(":srv 001 bob :Hi", ":srv 376 bob :End", ":bob!b@h JOIN #tea");
  await turn();
  await act(server);
  const { kind } = await running;
  return { kind, errors };
}

Deno.test("a message on a connection that was lost is printed, and the job has failed", async () => {
  const { kind, errors } = await send("one\ntwo", (server) => server.abort());
  assertEquals([kind, errors], ["lost", ["Not sent to #tea: one\n  two"]]);
});

Deno.test("a silent server does not keep the job for ever", async () => {
  const { kind, errors } = await send("hello", () => {});
  assertEquals([kind, errors], ["lost", ["Not sent to #tea: hello"]]);
});

Deno.test("a message that arrived in part is printed without that part", async () => {
  const { kind, errors } = await send("one\ntwo", async (server) => {
    await server.say(
      "@label=p1 :bob!b@h PRIVMSG #tea :one",
      "@label=p2 :srv 404 bob #tea :Cannot send to channel",
    );
  });
  assertEquals([kind, errors], ["refused", ["Cannot send to #tea", "Not sent to #tea: two"]]);
});
