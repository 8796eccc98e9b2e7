/** Jobs for scripts on a server that the test plays: what is not confirmed is printed, and the exit code is not 0. */

import { assertEquals } from "@std/assert";
import type { Job } from "../../../lib/client/cli/arguments.ts";
import { Script } from "../../../lib/client/cli/script.ts";
import type { ClientOptions } from "../../../lib/client/core/client_options.ts";
import { ServerEnd, turn } from "../core/wired_client.ts";

const caps = "echo-message labeled-response batch draft/chathistory server-time";

/** A job on a server that has let it into #tea; the server's clock shows noon. */
async function start(job: Job, text: string, client: Partial<ClientOptions> = {}) {
  const server = new ServerEnd();
  const errors: string[] = [];
  const out: string[] = [];
  const script = new Script({
    client: {
      nick: "bob",
      connect: () => Promise.resolve(server),
      delay: () => 60_000,
      answerMs: 10,
      ...client,
    },
    job,
    input: () => Promise.resolve(text),
    since: "2h",
    limit: 1,
    json: false,
    out: (line) => void out.push(line),
    err: (line) => void errors.push(line),
    appearance: { depth: "none", theme: "dark" },
    timestamps: "off",
  });
  const running = script.run();
  await turn();
  await server.say(`:srv CAP * LS :${caps}`, `:srv CAP * ACK :${caps}`);
  await server.say(":srv 001 bob :Hi", ":srv 376 bob :End");
  await server.say("@time=2026-03-01T12:00:00.000Z :bob!b@h JOIN #tea");
  await turn();
  return { server, running, errors, out };
}

async function send(text: string, act: (server: ServerEnd) => Promise<void> | void) {
  const { server, running, errors } = await start({ kind: "send", target: "#tea", text: undefined }, text);
  await act(server);
  return { kind: (await running).kind, errors };
}

Deno.test("a message on a connection that was lost is printed, and the job has failed", async () => {
  const { kind, errors } = await send("one\ntwo", (server) => server.abort());
  assertEquals([kind, errors], ["lost", ["The server did not confirm this message to #tea: one\n  two"]]);
});

Deno.test("a silent server does not keep the job for ever", async () => {
  const { kind, errors } = await send("hello", () => {});
  assertEquals([kind, errors], ["lost", ["The server did not confirm this message to #tea: hello"]]);
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

Deno.test("tail prints its channels and private messages, not the channels of other devices", async () => {
  const { server, running, out } = await start({ kind: "tail", channels: ["#tea"] }, "");
  await server.say(":bob!b@h JOIN #den", ":ann!a@h PRIVMSG #den :no", ":ann!a@h PRIVMSG #tea :yes");
  await server.say(":ann!a@h PRIVMSG bob :psst", ":srv 404 bob #tea :Enough");
  await running;
  assertEquals(out, ["ann: yes", "ann → bob: psst"]);
});

Deno.test("history --since 2h counts back from the time of the server", async () => {
  const wrong = { now: () => Date.parse("2027-01-01T00:00:00Z") };
  const { server, running } = await start({ kind: "history", target: "#tea" }, "", wrong);
  const asked = (await server.sent()).find((line) => line.includes("CHATHISTORY"));
  assertEquals(/timestamp=(.{16})/.exec(asked ?? "")?.[1], "2026-03-01T09:59");
  server.abort();
  await running;
});

Deno.test("a job joins its channel with the key of --channel, and a refusal says how to give one", async () => {
  const job: Job = { kind: "send", target: "#tea", text: "hi" };
  const { server, running, errors } = await start(job, "", { channels: ["#lobby", "#TEA secret"] });
  assertEquals((await server.sent()).filter((line) => line.startsWith("JOIN")), ["JOIN #TEA secret"]);
  await server.say(":srv 475 bob #tea :Cannot join channel (+k)");
  server.abort();
  await running;
  assertEquals(errors[0], "Cannot join #tea: it needs a key; add --channel '#tea KEY'");
});

Deno.test("tail says that it was removed from a channel, and ends when that was the last one", async () => {
  const { server, running, errors } = await start({ kind: "tail", channels: ["#tea", "#den"] }, "");
  await server.say(":bob!b@h JOIN #den", ":ann!a@h KICK #tea bob :out");
  assertEquals(errors, ["bob was removed from #tea by ann (out)"]);
  await server.say(":ann!a@h KICK #den bob :too");
  assertEquals((await running).kind, "refused");
  assertEquals(errors.length, 2);
});
