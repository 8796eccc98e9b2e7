import { assertEquals, assertRejects } from "@std/assert";
import { ActionError } from "../../../lib/client/state/action_error.ts";
import { runInput } from "../../../lib/client/slash/slash.ts";
import { granted } from "../../support/permissions.ts";
import { RecordingUi } from "../core/recording_ui.ts";
import type { ServerEnd } from "../core/wired_client.ts";

const caps = "echo-message batch message-tags labeled-response draft/chathistory soju.im/search sasl=PLAIN " +
  "draft/message-redaction draft/account-registration";

/** A UI in #tea with messages of ann (id a1), cat (c1) and us (b1), and a private message of ann (p1). */
async function talk(ui: RecordingUi, upload = "http://127.0.0.1:1/upload"): Promise<ServerEnd> {
  const server = await ui.enter(caps, `soju.im/FILEHOST=${upload}`);
  await server.say(
    "@msgid=b1 :bob!b@h PRIVMSG #tea :mine",
    "@msgid=a1 :ann!a@h PRIVMSG #tea :tea?",
    "@msgid=c1 :cat!c@h PRIVMSG #tea :see http://127.0.0.1:1/files/x/tea.png now",
    "@msgid=p1 :ann!a@h PRIVMSG bob :psst",
  );
  await server.sent();
  return server;
}

/** Lines sent, without their labels. */
async function sent(server: ServerEnd): Promise<string[]> {
  return (await server.sent()).map((line) => line.replace(/label=\w+;?/, "").replace(/^@ /, ""));
}

const rows: readonly (readonly [text: string, ...lines: string[]])[] = [
  ["/reply yes", "@+reply=p1;+draft/reply=p1 PRIVMSG ann :yes"],
  ["/r yes", "@+reply=p1;+draft/reply=p1 PRIVMSG ann :yes"],
  ["/reply @ANN yes", "@+reply=a1;+draft/reply=a1 PRIVMSG #tea :yes"],
  ["/react 👍", "@+reply=c1;+draft/reply=c1;+draft/react=👍 TAGMSG #tea"],
  ["/react :+1: ann", "@+reply=a1;+draft/reply=a1;+draft/react=👍 TAGMSG #tea"],
  ["/react -👍 @ann", "@+reply=a1;+draft/reply=a1;+draft/unreact=👍 TAGMSG #tea"],
  ["/redact", "REDACT #tea b1"],
  ["/redact wrong channel", "REDACT #tea b1 :wrong channel"],
  ["/redact @cat too much", "REDACT #tea c1 :too much"],
];

for (const [text, ...lines] of rows) {
  Deno.test(`"${text}" is about the right message`, async () => {
    await using ui = new RecordingUi();
    const server = await talk(ui);
    await runInput(ui, text);
    assertEquals(await sent(server), lines);
  });
}

/** Answers the request of the client with a batch, and returns the request. */
async function answer(server: ServerEnd, type: string, ...lines: string[]): Promise<string> {
  const [asked = ""] = await server.sent();
  const label = /label=(\w+)/.exec(asked)?.[1];
  const batched = lines.map((line) => `@batch=x;${line.replace(/^@/, "")}`);
  await server.say(`@label=${label} :srv BATCH +x ${type}`, ...batched, ":srv BATCH -x");
  return asked.replace(/^@\S+ /, "");
}

Deno.test("/files lists and deletes files, and shows what the server answers", async () => {
  await using ui = new RecordingUi();
  const server = await talk(ui);
  const run = async (text: string, ...replies: string[]) => {
    ui.notes.length = 0;
    const done = runInput(ui, text);
    const asked = await answer(server, "labeled-response", ...replies);
    await done;
    return [asked, ...ui.notes];
  };
  const listed = [
    "@ :srv NOTE FILES LISTED x :http://h/files/x tea.png",
    "@ :srv NOTE FILES LIST_END 1 :1 file",
  ];
  assertEquals(await run("/files", ...listed), ["FILES LIST", "http://h/files/x tea.png", "1 file"]);
  assertEquals(await run("/files cat", ...listed.slice(1)), ["FILES LIST cat", "1 file"]);
  const gone = "@ :srv NOTE FILES DELETED x :Deleted tea.png";
  assertEquals(await run("/files delete http://h/files/x", gone), [
    "FILES DELETE http://h/files/x",
  ]);
  assertEquals(await run("/files PURGE cat", gone), ["FILES PURGE cat"]);
  assertEquals(JSON.stringify(ui.events).split("Deleted tea.png").length, 3);
  await assertRejects(
    async () => await runInput(ui, "/files delete"),
    ActionError,
    "Write /files delete ADDRESS",
  );
});

Deno.test("/history shows earlier messages, and asks for more when there are too few", async () => {
  await using ui = new RecordingUi();
  const server = await talk(ui);
  const first = runInput(ui, "/history 2");
  first.catch(() => {});
  const line = "@msgid=h2;time=2026-01-01T00:00:00.000Z :ann!a@h PRIVMSG #tea :two";
  assertEquals(await answer(server, "chathistory #tea", line), "CHATHISTORY LATEST #tea * 2");
  assertEquals((await sent(server))[0], "CHATHISTORY BEFORE #tea msgid=h2 50");
  server.abort();
  await assertRejects(() => first);
});

Deno.test("/search sends text and filters, and its results are not events", async () => {
  await using ui = new RecordingUi();
  const server = await talk(ui);
  ui.events.length = 0;
  const searched = runInput(ui, "/search green tea in:#tea from:ann");
  const line = "@msgid=s1;time=2026-01-01T00:00:00.000Z :ann!a@h PRIVMSG #tea :green tea";
  const asked = await answer(server, "soju.im/search", line);
  await searched;
  assertEquals(asked, "SEARCH limit=50;text=green\\stea;in=#tea;from=ann");
  assertEquals(ui.notes, ["1 found for green tea in:#tea from:ann", "#tea ann message: green tea"]);
  assertEquals(ui.events, []);
});

Deno.test("/search searches the active channel on a server that searches one only, as soju does", async () => {
  await using ui = new RecordingUi();
  const server = await talk(ui);
  const searched = runInput(ui, "/search tea");
  const [asked = ""] = await server.sent();
  const [label] = asked.slice(1).split(" ");
  await server.say(`@${label} :srv FAIL SEARCH INVALID_PARAMS in :The in parameter is mandatory`);
  const line = "@msgid=s1;time=2026-01-01T00:00:00.000Z :ann!a@h PRIVMSG #tea :green tea";
  assertEquals(await answer(server, "soju.im/search", line), "SEARCH limit=50;text=tea;in=#tea");
  await searched;
  assertEquals(ui.notes[0], "1 found for tea in #tea only");
  const older = await answer(server, "soju.im/search");
  assertEquals(older, "SEARCH limit=50;text=tea;in=#tea;before=2026-01-01T00:00:00.001Z");
});

Deno.test("/search shows older results when it is repeated", async () => {
  await using ui = new RecordingUi();
  const server = await talk(ui);
  const line = (at: number) =>
    `@msgid=s${at};time=2026-01-01T00:00:0${at}.000Z :ann!a@h PRIVMSG #tea :tea ${at}`;
  const search = async () => {
    ui.notes.length = 0;
    await runInput(ui, "/search tea");
  };
  const first = search();
  await answer(server, "soju.im/search", line(2));
  await first;
  const asked = await answer(server, "soju.im/search", line(1));
  assertEquals(asked, "SEARCH limit=50;text=tea;before=2026-01-01T00:00:02.001Z");
  assertEquals(ui.notes.at(-1), "There are older ones: write the same command again");
  await search();
  assertEquals(ui.notes, ["1 more found for tea", "#tea ann message: tea 1"]);
  await answer(server, "soju.im/search");
  const again = search();
  assertEquals(await answer(server, "soju.im/search"), "SEARCH limit=50;text=tea");
  await again;
});

Deno.test("/register asks for the password twice, and sends it in REGISTER only", async () => {
  await using ui = new RecordingUi();
  const server = await talk(ui);
  const registered = runInput(ui, "/register");
  const [line = ""] = await server.sent();
  assertEquals(line.replace(/^@\S+ /, ""), "REGISTER * * :four green leaves");
  await server.say(`@${line.slice(1).split(" ")[0]} :srv REGISTER SUCCESS bob :Done`);
  await registered;
  assertEquals(ui.notes, [
    "Password for bob?",
    "Repeat the password?",
    "The name bob is registered: only you can use it now",
  ]);
});

Deno.test("/register asks again for a short or different password, and stops without one", async () => {
  await using ui = new RecordingUi();
  const server = await talk(ui);
  ui.answers.push("short", "green leaves", "brown leaves", "");
  await assertRejects(() => runInput(ui, "/register"), ActionError, "Nothing changed");
  assertEquals(ui.notes, [
    "Password for bob?",
    "The password must have at least 8 characters",
    "Password for bob?",
    "Repeat the password?",
    "The passwords are not the same: try again",
    "Password for bob?",
  ]);
  assertEquals(await server.sent(), []);
});

Deno.test("/owner needs an account, and sends the code", async () => {
  await using ui = new RecordingUi();
  const server = await talk(ui);
  await assertRejects(() => runInput(ui, "/owner abcd-efgh"), ActionError, "/register first");
  await server.say(":srv 900 bob bob!b@h bob :You are now logged in");
  await runInput(ui, "/owner abcd-efgh ");
  assertEquals(await sent(server), ["OWNER abcd-efgh"]);
});

Deno.test("/login logs in, with PLAIN where the server has no better mechanism", async () => {
  await using ui = new RecordingUi();
  const server = await talk(ui);
  const done = runInput(ui, "/login ann");
  done.catch(() => {});
  assertEquals(await server.sent(), ["AUTHENTICATE PLAIN"]);
  await server.say("AUTHENTICATE +");
  assertEquals(await server.sent(), [`AUTHENTICATE ${btoa("ann\0ann\0four green leaves")}`]);
  await server.say(":srv 900 bob bob!b@h ann :You are now logged in", ":srv 903 bob :Done");
  await done;
  assertEquals(ui.client.state.account, "ann");
});

Deno.test("/passwd asks for the old and the new password", async () => {
  await using ui = new RecordingUi();
  const server = await talk(ui);
  await server.say(":srv 900 bob bob!b@h bob :You are now logged in");
  ui.answers.push("old", "new leaves", "new leaves");
  const changed = runInput(ui, "/passwd");
  const [line = ""] = await server.sent();
  assertEquals(line.replace(/^@\S+ /, ""), "ACCOUNT PASSWORD old :new leaves");
  await server.say(`${line.split(" ")[0]} :srv NOTE ACCOUNT PASSWORD_SET bob :Your password was changed`);
  await changed;
});

Deno.test("/get downloads the last address in the channel, or a given one", async () => {
  await using ui = new RecordingUi();
  await talk(ui);
  await runInput(ui, "/get");
  await runInput(ui, "/get https://chat.example/x tea.txt");
  assertEquals(ui.notes, [
    "downloaded http://127.0.0.1:1/files/x/tea.png",
    "Saved as saved.txt",
    "downloaded https://chat.example/x",
    "Saved as saved.txt",
  ]);
});

Deno.test("/get finds an address in a message without an id", async () => {
  await using ui = new RecordingUi();
  const server = await ui.enter("");
  await server.say(":cat!c@h PRIVMSG #tea :see http://127.0.0.1:1/tea.png");
  await runInput(ui, "/get");
  assertEquals(ui.notes[0], "downloaded http://127.0.0.1:1/tea.png");
});

Deno.test({
  name: "/send requests a token, uploads the file with it, and sends the address",
  ignore: !granted("net"),
  async fn() {
    const got: string[] = [];
    await using site = Deno.serve(
      { hostname: "127.0.0.1", port: 0, onListen: () => {} },
      async (request) => {
        got.push(`${request.headers.get("authorization")} ${await request.text()}`);
        // The client waits, and sends the file again.
        if (got.length === 1) {
          return new Response("Too fast\n", { status: 429, headers: { "retry-after": "0" } });
        }
        return new Response("Saved", { status: 201, headers: { location: "/files/1/tea.txt" } });
      },
    );
    const origin = `http://127.0.0.1:${site.addr.port}`;
    await using ui = new RecordingUi();
    const server = await talk(ui, `${origin}/upload`);
    ui.disk.set("tea.txt", "green");
    const done = runInput(ui, "/send tea.txt");
    const token = ["@ :srv TOKEN GENERATE * abc", "@ :srv TOKEN GENERATE * def"];
    assertEquals(await answer(server, "draft/authtoken FILEHOST", ...token), "TOKEN GENERATE FILEHOST");
    await done;
    assertEquals(got, ["Bearer abcdef green", "Bearer abcdef green"]);
    assertEquals(ui.notes, ["Sending tea.txt 5", "Sending tea.txt 5"]);
    assertEquals(await sent(server), [`PRIVMSG #tea :${origin}/files/1/tea.txt`]);
    // The person of a conversation takes another nick while the file is on its way.
    ui.activeBuffer = "ann";
    const second = runInput(ui, "/send tea.txt");
    await server.say(":ann!a@h NICK anna", ":eve!e@h NICK ann");
    await answer(server, "draft/authtoken FILEHOST", ...token);
    await second;
    assertEquals(await sent(server), [`PRIVMSG anna :${origin}/files/1/tea.txt`]);
  },
});
