import { assertEquals, assertRejects } from "@std/assert";
import { ActionError } from "../../../lib/client/core/action_error.ts";
import { enter } from "../../../lib/client/slash/slash.ts";
import { granted } from "../../support/permissions.ts";
import { RecordingFace } from "../core/recording_face.ts";
import type { ServerEnd } from "../core/wired_client.ts";

const caps = "echo-message batch message-tags labeled-response draft/chathistory soju.im/search sasl=PLAIN " +
  "draft/message-redaction draft/account-registration";

/** A face in #tea, where ann (id a1), cat (c1) and we (b1) have said something, and ann something to us alone (p1). */
async function talk(paper: RecordingFace, upload = "http://127.0.0.1:1/upload"): Promise<ServerEnd> {
  const wire = await paper.enter(caps, `soju.im/FILEHOST=${upload}`);
  await wire.say(
    "@msgid=b1 :bob!b@h PRIVMSG #tea :mine",
    "@msgid=a1 :ann!a@h PRIVMSG #tea :tea?",
    "@msgid=c1 :cat!c@h PRIVMSG #tea :see http://127.0.0.1:1/files/x/tea.png now",
    "@msgid=p1 :ann!a@h PRIVMSG bob :psst",
  );
  await wire.sent();
  return wire;
}

/** Lines sent, without their labels. */
async function sent(wire: ServerEnd): Promise<string[]> {
  return (await wire.sent()).map((line) => line.replace(/label=\w+;?/, "").replace(/^@ /, ""));
}

const rows: readonly (readonly [text: string, ...lines: string[]])[] = [
  ["/reply yes", "@+draft/reply=p1 PRIVMSG ann :yes"],
  ["/r yes", "@+draft/reply=p1 PRIVMSG ann :yes"],
  ["/reply @ANN yes", "@+draft/reply=a1 PRIVMSG #tea :yes"],
  ["/react 👍", "@+draft/reply=c1;+draft/react=👍 TAGMSG #tea"],
  ["/react :+1: ann", "@+draft/reply=a1;+draft/react=👍 TAGMSG #tea"],
  ["/react -👍 @ann", "@+draft/reply=a1;+draft/unreact=👍 TAGMSG #tea"],
  ["/redact", "REDACT #tea b1"],
  ["/redact wrong room", "REDACT #tea b1 :wrong room"],
  ["/redact @cat too much", "REDACT #tea c1 :too much"],
];

for (const [text, ...lines] of rows) {
  Deno.test(`"${text}" is about the message it means`, async () => {
    await using paper = new RecordingFace();
    const wire = await talk(paper);
    await enter(paper, text);
    assertEquals(await sent(wire), lines);
  });
}

/** Answers the one question that was asked with a batch. */
async function answer(wire: ServerEnd, type: string, ...lines: string[]): Promise<string> {
  const [asked = ""] = await wire.sent();
  const label = /label=(\w+)/.exec(asked)?.[1];
  const batched = lines.map((line) => `@batch=x;${line.replace(/^@/, "")}`);
  await wire.say(`@label=${label} :srv BATCH +x ${type}`, ...batched, ":srv BATCH -x");
  return asked.replace(/^@\S+ /, "");
}

Deno.test("/history shows what was said, and the next time what was said before that", async () => {
  await using paper = new RecordingFace();
  const wire = await talk(paper);
  const first = enter(paper, "/history 2");
  first.catch(() => {});
  const line = "@msgid=h2;time=2026-01-01T00:00:00.000Z :ann!a@h PRIVMSG #tea :two";
  assertEquals(await answer(wire, "chathistory #tea", line), "CHATHISTORY LATEST #tea * 2");
  assertEquals((await sent(wire))[0], "CHATHISTORY BEFORE #tea msgid=h2 50");
  wire.abort();
  await assertRejects(() => first);
});

Deno.test("/search sends words and places, and shows what was found without saying it again", async () => {
  await using paper = new RecordingFace();
  const wire = await talk(paper);
  paper.events.length = 0;
  const searched = enter(paper, "/search green tea in:#tea from:ann");
  const line = "@msgid=s1;time=2026-01-01T00:00:00.000Z :ann!a@h PRIVMSG #tea :green tea";
  const asked = await answer(wire, "soju.im/search", line);
  await searched;
  assertEquals(asked, "SEARCH limit=50;text=green\\stea;in=#tea;from=ann");
  assertEquals(paper.notes, ["1 found for green tea in:#tea from:ann", "#tea ann message: green tea"]);
  assertEquals(paper.events, []);
});

Deno.test("/register asks twice, sends no password in any other line, and logs in from then on", async () => {
  await using paper = new RecordingFace();
  const wire = await talk(paper);
  const registered = enter(paper, "/register");
  const [line = ""] = await wire.sent();
  assertEquals(line.replace(/^@\S+ /, ""), "REGISTER * * :four green leaves");
  await wire.say(`@${line.slice(1).split(" ")[0]} :srv REGISTER SUCCESS bob :Done`);
  await registered;
  assertEquals(paper.notes, [
    "Password for bob?",
    "Repeat the password?",
    "The name bob is registered: only you can use it now",
  ]);
});

Deno.test("/register asks again for a short password and when the two differ, and gives up for none", async () => {
  await using paper = new RecordingFace();
  const wire = await talk(paper);
  paper.answers.push("short", "green leaves", "brown leaves", "");
  await assertRejects(() => enter(paper, "/register"), ActionError, "Nothing changed");
  assertEquals(paper.notes, [
    "Password for bob?",
    "The password must have at least 8 characters",
    "Password for bob?",
    "Repeat the password?",
    "The passwords are not the same: try again",
    "Password for bob?",
  ]);
  assertEquals(await wire.sent(), []);
});

Deno.test("/owner says the code the server printed, once one has an account", async () => {
  await using paper = new RecordingFace();
  const wire = await talk(paper);
  await assertRejects(() => enter(paper, "/owner abcd-efgh"), ActionError, "/register first");
  await wire.say(":srv 900 bob bob!b@h bob :You are now logged in");
  await enter(paper, "/owner abcd-efgh ");
  assertEquals(await sent(wire), ["OWNER abcd-efgh"]);
});

Deno.test("/login says who we are, by PLAIN where that is all there is and nobody listens", async () => {
  await using paper = new RecordingFace();
  const wire = await talk(paper);
  const done = enter(paper, "/login ann");
  done.catch(() => {});
  assertEquals(await wire.sent(), ["AUTHENTICATE PLAIN"]);
  await wire.say("AUTHENTICATE +");
  assertEquals(await wire.sent(), [`AUTHENTICATE ${btoa("ann\0ann\0four green leaves")}`]);
  await wire.say(":srv 900 bob bob!b@h ann :You are now logged in", ":srv 903 bob :Done");
  await done;
  assertEquals(paper.client.state.account, "ann");
});

Deno.test("/passwd asks for the old and the new one", async () => {
  await using paper = new RecordingFace();
  const wire = await talk(paper);
  await wire.say(":srv 900 bob bob!b@h bob :You are now logged in");
  paper.answers.push("old", "new leaves", "new leaves");
  const changed = enter(paper, "/passwd");
  const [line = ""] = await wire.sent();
  assertEquals(line.replace(/^@\S+ /, ""), "ACCOUNT PASSWORD old :new leaves");
  await wire.say(`${line.split(" ")[0]} :srv NOTE ACCOUNT PASSWORD_SET bob :Your password is changed`);
  await changed;
});

Deno.test("/get fetches the address that was said last, or the one that is given", async () => {
  await using paper = new RecordingFace();
  await talk(paper);
  await enter(paper, "/get");
  await enter(paper, "/get https://chat.example/x tea.txt");
  assertEquals(paper.notes, [
    "fetched http://127.0.0.1:1/files/x/tea.png",
    "Saved as saved.txt",
    "fetched https://chat.example/x",
    "Saved as saved.txt",
  ]);
});

Deno.test({
  name: "/send asks for a token, sends the file with it, and says its address",
  ignore: !granted("net"),
  async fn() {
    const got: string[] = [];
    await using server = Deno.serve(
      { hostname: "127.0.0.1", port: 0, onListen: () => {} },
      async (request) => {
        got.push(`${request.headers.get("authorization")} ${await request.text()}`);
        return new Response("Saved", { status: 201, headers: { location: "/files/1/tea.txt" } });
      },
    );
    const origin = `http://127.0.0.1:${server.addr.port}`;
    await using paper = new RecordingFace();
    const wire = await talk(paper, `${origin}/upload`);
    paper.disk.set("tea.txt", "green");
    const done = enter(paper, "/send tea.txt");
    const token = ["@ :srv TOKEN GENERATE * abc", "@ :srv TOKEN GENERATE * def"];
    assertEquals(await answer(wire, "draft/authtoken FILEHOST", ...token), "TOKEN GENERATE FILEHOST");
    await done;
    assertEquals(got, ["Bearer abcdef green"]);
    assertEquals(paper.notes, ["Sending tea.txt 5"]);
    assertEquals(await sent(wire), [`PRIVMSG #tea :${origin}/files/1/tea.txt`]);
  },
});
