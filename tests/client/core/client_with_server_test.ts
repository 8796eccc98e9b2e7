/** The client together with the real hub: accounts, missed messages, reactions, search. */

import { assert, assertEquals, assertRejects } from "@std/assert";
import { ActionError } from "../../../lib/client/state/action_error.ts";
import { uploadFile } from "../../../lib/client/core/upload.ts";
import { UploadRoutes } from "../../../lib/server/web/upload_routes.ts";
import { UploadFolder } from "../../../lib/server/web/upload_folder.ts";
import { temporaryFolder } from "../../support/folder.ts";
import { ConnectedClient } from "./connected_client.ts";
import { granted } from "../../support/permissions.ts";
import { startSite } from "../../support/site.ts";
import { password, registered } from "../../support/account.ts";
import { story } from "../../support/story.ts";
import { ask } from "../../support/transcript.ts";

const ignore = !granted("net");
const say = (text: string, target = "#tea") => ({ target, manner: "message", text } as const);
const secret = "four green leaves";

story("account.register() makes an account, and the next connection logs in to it", async (chat) => {
  await using bob = await new ConnectedClient(chat.port).joined();
  await bob.client.account.register(secret);
  assertEquals(bob.client.state.account, "bob");
  bob.cut();
  assertEquals((await bob.until("status", (event) => event.status === "logged in")).kind, "status");
  await bob.joined();
  assertEquals([bob.client.state.account, bob.client.state.nick], ["bob", "bob"]);
});

story("a notice that the server drops silently is reported, and another one arrives", async (chat) => {
  const cat = await chat.peer("cat");
  await using bob = await new ConnectedClient(chat.port).joined();
  const notice = (target: string) =>
    bob.client.sendMessage({ target, manner: "notice", text: "tea is ready" });
  const reason =
    "Your notice did not reach nobody: there is no such person or channel, or you cannot write there";
  assertEquals(await notice("nobody"), { kind: "refused", reason });
  assertEquals((await bob.until("refused")).text, reason);
  assertEquals(await notice("cat"), { kind: "delivered" });
  assertEquals((await cat.lines())[0]?.endsWith(" NOTICE cat :tea is ready"), true);
});

story("the login to an account happens before the end of the registration", async (chat) => {
  {
    await using bob = await new ConnectedClient(chat.port).joined();
    await bob.client.account.register(secret);
  }
  await using again = await new ConnectedClient(chat.port, { account: { name: "bob", password: secret } })
    .joined();
  assertEquals([again.client.state.account, again.client.state.nick], ["bob", "bob"]);
});

story("a wrong password is reported, during the registration and later", async (chat) => {
  await using bob = await new ConnectedClient(chat.port).joined();
  await bob.client.account.register(secret);
  const account = { name: "bob", password: "wrong leaves" };
  await using cat = new ConnectedClient(chat.port, { nick: "cat", account });
  const refused = await cat.until("status", (event) => event.status === "login refused");
  assert(refused.status === "login refused" && refused.name === "bob" && refused.reason !== "");
  await cat.joined();
  await assertRejects(
    () => cat.client.account.login("bob", "wrong again"),
    ActionError,
    "Cannot log in as bob",
  );
  await cat.client.account.login("bob", secret);
  assertEquals(cat.client.state.account, "bob");
});

story(
  "account.changePassword() changes the password, and rejects when the old one is wrong",
  async (chat) => {
    await using bob = await new ConnectedClient(chat.port).joined();
    await bob.client.account.register("green-leaves");
    await assertRejects(() => bob.client.account.changePassword("brown-leaves", secret), ActionError);
    await bob.client.account.changePassword("green-leaves", "brown old leaves");
    await bob.client.account.changePassword("brown old leaves", secret);
    bob.cut();
    await bob.until("status", (event) => event.status === "logged in");
  },
);

story("a queued message is a new message after the reconnect, not one from the history", async (chat) => {
  await using bob = await new ConnectedClient(chat.port, { backlog: 5 }).joined();
  bob.cut();
  await bob.until("status", (event) => event.status === "lost");
  const delivery = bob.client.sendMessage(say("queued"));
  const said = await bob.until("said", (event) => event.text === "queued");
  assertEquals([said.history ?? false, (await delivery).kind], [false, "delivered"]);
});

story(
  "missed messages come once, in order, before newer messages",
  { settings: { historyPage: 20 } },
  async (chat) => {
    const [ann] = await chat.join("#tea", "ann");
    await using bob = await new ConnectedClient(chat.port).joined();
    ann.send("PRIVMSG #tea :before");
    await bob.until("said", (event) => event.text === "before");
    bob.cut();
    for (let count = 0; count < 70; count++) ann.send(`PRIVMSG #tea :missed ${count}`);
    await ann.lines();
    await bob.until("status", (event) => event.status === "lost");
    await bob.joined();
    ann.send("PRIVMSG #tea :now");
    const texts: string[] = [];
    for (;;) {
      const { text, buffer } = await bob.until("said");
      if (buffer === "#tea") texts.push(text);
      if (text === "now") break;
    }
    assertEquals(texts, [...Array.from({ length: 70 }, (_, count) => `missed ${count}`), "now"]);
  },
);

story("a missed private message of a new person comes too, once", async (chat) => {
  const [ann] = await chat.join("#tea", "ann");
  const gate = { delay: 60_000 };
  await using bob = await new ConnectedClient(chat.port, { delay: () => gate.delay }).joined();
  await bob.client.account.register(secret);
  gate.delay = 50;
  bob.cut();
  await bob.until("status", ({ status }) => status === "lost");
  ann.send("PRIVMSG bob :psst");
  await ann.lines();
  await bob.until("status", ({ status }) => status === "ready");
  const { text, buffer, history } = await bob.until("said");
  assertEquals([text, buffer, history], ["psst", "ann", true]);
  ann.send("PRIVMSG bob :there you are");
  assertEquals((await bob.until("said")).text, "there you are");
});

story(
  "all conversations open after a login, and those that no device has read are unread",
  { settings: { historyPage: 20 } },
  async (chat) => {
    const ann = await registered(chat, "ann", { caps: ["server-time", "draft/read-marker"] });
    for (let at = 0; at < 45; at++) {
      const peer = await chat.peer(`p${at}`);
      await ask(peer, "PRIVMSG ann :hello");
      peer.send("QUIT");
    }
    const [, time = ""] = /time=([^; ]+).* PRIVMSG ann :hello/.exec((await ann.lines()).join("\n")) ?? [];
    await ask(ann, `MARKREAD p0 timestamp=${time}`);
    const account = { name: "ann", password };
    const options = { nick: "ann", account, backlog: 5, conversations: true };
    await using phone = await new ConnectedClient(chat.port, options).joined();
    const { messages } = await phone.until("alert");
    const names = [...phone.client.state.buffers.values()].filter(({ kind }) => kind === "person");
    assertEquals([names.length, messages.length, phone.client.readMarkers.unread.of("p0").messages], [
      45,
      44,
      0,
    ]);
  },
);

story("the newest messages are shown after the join with a backlog", async (chat) => {
  const [ann] = await chat.join("#tea", "ann");
  for (const text of ["one", "two", "three"]) ann.send(`PRIVMSG #tea :${text}`);
  await ann.lines();
  await using bob = new ConnectedClient(chat.port, { backlog: 2 });
  const { why, count, more } = await bob.until("history");
  assertEquals([why, count, more], ["opening", 2, true]);
  assertEquals([(await bob.until("said")).text, (await bob.until("said")).text], ["two", "three"]);
});

story(
  "history.latest() gives the wanted number of messages, also after many joins and leaves",
  async (chat) => {
    const [ann, bob] = await chat.join("#tea", "ann", "bob");
    for (const text of ["one", "two", "three"]) ann.send(`PRIVMSG #tea :${text}`);
    await ann.lines();
    for (let i = 0; i < 6; i++) bob.send("PART #tea", "JOIN #tea");
    await bob.lines();
    await using cat = await new ConnectedClient(chat.port, { nick: "cat" }).joined();
    for (const [limit, texts] of [[1, ["three"]], [2, ["two", "three"]]] as const) {
      const { events, more } = await cat.client.history.latest("#tea", { limit });
      assertEquals(events.flatMap((event) => event.kind === "said" ? event.text : event.kind), [...texts]);
      assertEquals(more, true);
    }
  },
);

story("history.latest() gives pages backwards, and says when there is no more", async (chat) => {
  const [ann] = await chat.join("#tea", "ann");
  await using bob = await new ConnectedClient(chat.port).joined();
  for (const text of ["one", "two", "three"]) ann.send(`PRIVMSG #tea :${text}`);
  await bob.until("said", ({ text }) => text === "three");
  const newest = await bob.client.history.latest("#tea", { limit: 2 });
  const texts = (page: typeof newest) =>
    page.events.flatMap((event) => event.kind === "said" ? event.text : []);
  assertEquals([texts(newest), newest.more], [["two", "three"], true]);
  const [first] = newest.events;
  assert(first?.kind === "said" && first.id !== undefined && first.history === true);
  const older = await bob.client.history.latest("#tea", { before: first.id, limit: 50 });
  assertEquals([texts(older).at(-1), older.more], ["one", false]);
  assertEquals(bob.events.filter(({ kind }) => kind === "said"), []);
});

story("replies, reactions and deletions name their message", async (chat) => {
  await using ann = await new ConnectedClient(chat.port, { nick: "ann" }).joined();
  await using bob = await new ConnectedClient(chat.port).joined();
  await ann.client.sendMessage(say("tea?"));
  const { id = "" } = await bob.until("said");
  await bob.client.sendMessage({ ...say("yes"), replyTo: id });
  assertEquals((await ann.until("said", ({ own }) => !own)).replyTo, id);
  bob.client.messages.react("#tea", id, "👍");
  const reacted = await ann.until("reacted");
  assertEquals([reacted.id, reacted.emoji, reacted.who.nick, reacted.added], [id, "👍", "bob", true]);
  bob.client.messages.react("#tea", id, "👍", false);
  assertEquals((await ann.until("reacted")).added, false);
  ann.client.messages.delete("#tea", id, "spilled");
  const { by, reason, own } = await bob.until("redacted", (event) => event.id === id);
  assertEquals([by.nick, reason, own], ["ann", "spilled", false]);
});

story("typing.show() sends at most once in three seconds, and once at the end", async (chat) => {
  const [ann] = await chat.join("#tea", "ann");
  await using bob = await new ConnectedClient(chat.port, { now: () => 1_000_000 }).joined();
  ann.send("CAP REQ :message-tags");
  await ann.lines();
  for (const activity of ["active", "active", "done", "done"] as const) {
    bob.client.typing.send("#tea", activity);
  }
  await bob.client.sendMessage(say("x"));
  const sent = (await ann.lines()).filter((line) => line.includes("TAGMSG"));
  assertEquals(sent.map((line) => /typing=(\w+)/.exec(line)?.[1]), ["active", "done"]);
});

story("history.search() finds messages by text and by person", async (chat) => {
  const [ann] = await chat.join("#tea", "ann");
  await using bob = await new ConnectedClient(chat.port).joined();
  for (const text of ["green tea", "black tea", "coffee"]) ann.send(`PRIVMSG #tea :${text}`);
  await bob.until("said", ({ text }) => text === "coffee");
  const found = async (written: string) =>
    (await bob.client.history.search(written).next()).map(({ text }) => text);
  assertEquals(await found("tea in:#tea from:ann"), ["green tea", "black tea"]);
  assertEquals(await found('"green tea" in:TEA from:@Ann after:today before:2999'), ["green tea"]);
  assertEquals(await found("from:ann has:link"), []);
  assertEquals([await found("tea from:me"), await found("tea before:yesterday")], [[], []]);
  await assertRejects(() => found("tea in:#den"), ActionError);
  await assertRejects(() => found("tea before:noon"), ActionError, 'Cannot read the date "noon"');
});

story("readMarkers.markRead() reaches our other devices, and is not sent twice", async (chat) => {
  await using bob = await new ConnectedClient(chat.port).joined();
  await bob.client.account.register(secret);
  const account = { name: "bob", password: secret };
  await using phone = await new ConnectedClient(chat.port, { account }).joined();
  const at = Date.now() - 1000;
  bob.client.readMarkers.markRead("#tea", at);
  assertEquals((await phone.until("read", ({ buffer }) => buffer === "#tea")).upTo, at);
  assertEquals(phone.client.state.buffers.get("#tea" as never)?.readUpTo, at);
});

Deno.test({
  name: "uploads.token() lets a file go to the server, and the result is its address",
  ignore: ignore || !granted("read", "write"),
  async fn() {
    using place = temporaryFolder();
    const late: { routes?: UploadRoutes; url?: string } = {};
    await using site = startSite({ uploadUrl: () => late.url }, {
      routes: [(...asked) => late.routes?.route(...asked)],
    });
    late.routes = new UploadRoutes(site.chat.hub, new UploadFolder(place.folder));
    late.url = `${site.origin}/upload`;
    await using bob = await new ConnectedClient(site.chat.port).joined();
    assertEquals(bob.client.uploads.url, `${site.origin}/upload`);
    const token = await bob.client.uploads.requestToken();
    const file = new File(["green leaves"], "tea time.txt", { type: "text/plain" });
    const address = await uploadFile(bob.client.uploads.url ?? "", token, file);
    assertEquals(await (await fetch(address)).text(), "green leaves");
    assert(address.endsWith("/tea%20time.txt"));
    await assertRejects(
      () => uploadFile(`${site.origin}/upload`, "forged", file),
      Error,
      "The token is wrong",
    );
  },
});

story("a person who takes another nick while we are offline keeps the conversation", async (chat) => {
  const ann = await registered(chat, "ann", { caps: ["echo-message", "message-tags"] });
  await using bob = await new ConnectedClient(chat.port).joined();
  ann.send("PRIVMSG bob :before");
  await bob.until("said", ({ text }) => text === "before");
  bob.cut();
  await bob.until("status", ({ status }) => status === "lost");
  ann.send("NICK anna");
  await ann.lines();
  await bob.joined();
  ann.send("PRIVMSG bob :after");
  const renamed = await bob.until("renamed");
  assertEquals([renamed.who.nick, renamed.to, renamed.buffers], ["ann", "anna", ["ann"]]);
  assertEquals((await bob.until("said")).buffer, "anna");
  const { events } = await bob.client.history.latest("anna");
  // A guest sees the history since the guest took the nick.
  assertEquals(events.map((event) => "buffer" in event ? event.buffer : ""), ["anna"]);
  const people = [...bob.client.state.buffers.values()].filter(({ kind }) => kind === "person");
  assertEquals(people.map(({ name }) => name), ["anna"]);
});

story("a client learns after a reconnect which messages were deleted meanwhile", async (chat) => {
  const ann = await chat.peer("ann", { caps: ["echo-message", "message-tags", "draft/message-redaction"] });
  await ann.join("#tea");
  await using bob = await new ConnectedClient(chat.port).joined();
  ann.send("PRIVMSG #tea :bob: a secret", "PRIVMSG #tea :words");
  const secret = await bob.until("said", ({ mention }) => mention);
  await bob.until("said");
  bob.cut();
  await bob.until("status", ({ status }) => status === "lost");
  ann.send(`REDACT #tea ${secret.id} :oops`);
  await ann.lines();
  const redacted = await bob.until("redacted");
  assertEquals([redacted.buffer, redacted.id, redacted.reason], ["#tea", secret.id, "oops"]);
  assertEquals(bob.client.messages.recent.find(secret.id ?? ""), undefined);
});

story("a client that another device logs out ends and does not come back", async (chat) => {
  await using bob = await new ConnectedClient(chat.port).joined();
  await bob.client.account.register(secret);
  const account = { name: "bob", password: secret };
  await using phone = await new ConnectedClient(chat.port, { account }).joined();
  const { text } = await bob.until("server notice", (event) => event.text.startsWith("New login"));
  assert(text.includes("Parley terminal, from 127.0.0.1"), text);
  assertEquals((await bob.client.server.ask("SESSIONS")).length, 3);
  await bob.client.server.ask("SESSIONS END others");
  assertEquals(await phone.ending, {
    kind: "refused",
    isLoggedOut: true,
    reason: "Logged out: another device of your account ended this session",
  });
  assertEquals(bob.events.filter(({ kind }) => kind === "server notice"), []);
  assertEquals(chat.state.find("bob")?.devices.size, 1);
});
