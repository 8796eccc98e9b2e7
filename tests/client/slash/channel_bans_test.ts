/** The masks that /ban and /unban of a nick use. */
import { assertEquals, assertRejects } from "@std/assert";
import { ActionError } from "../../../lib/client/state/action_error.ts";
import { runInput } from "../../../lib/client/slash/slash.ts";
import { RecordingUi } from "../core/recording_ui.ts";

const extended = "EXTBAN=,am ACCOUNTEXTBAN=a";
const whois = (nick: string, host: string, account?: string) => [
  `:srv 311 bob ${nick} c ${host} * :Cat`,
  ...(account === undefined ? [] : [`:srv 330 bob ${nick} ${account} :is logged in as`]),
  `:srv 318 bob ${nick} :End`,
];

/** The lines after WHOIS, and the notes. */
async function typed(text: string, isupport: string, ...answers: string[]): Promise<string[]> {
  await using ui = new RecordingUi();
  const server = await ui.enter("", isupport);
  const entered = runInput(ui, text);
  await server.say(...answers);
  const refused = await entered.then(() => [], (error: Error) => [error.message]);
  const sent = (await server.sent()).filter((line) => !/^(WHOIS|PING)|^MODE \S+ b$/.test(line));
  return [...sent, ...ui.notes, ...refused];
}

Deno.test("/ban of an online person bans the host", async () => {
  assertEquals(await typed("/ban cat", extended, ...whois("cat", "k3.ip4")), ["MODE #tea +b *!*@k3.ip4"]);
});

Deno.test("/ban of a person who is logged in bans the account too, in the form of the server", async () => {
  const answers = whois("cat", "k3.ip4", "kitty");
  assertEquals(await typed("/ban #den cat", extended, ...answers), ["MODE #den +bb a:kitty *!*@k3.ip4"]);
  const dollar = "EXTBAN=$,a ACCOUNTEXTBAN=a";
  assertEquals(await typed("/ban cat", dollar, ...answers), ["MODE #tea +bb $a:kitty *!*@k3.ip4"]);
  assertEquals(await typed("/ban cat", "", ...answers), ["MODE #tea +b *!*@k3.ip4"]);
});

Deno.test("/ban of a person with our own host, or who is offline, bans the nick and warns", async () => {
  const warning = "only the name cat is banned, and a person with another name can join";
  assertEquals(await typed("/ban cat", extended, ...whois("cat", "host")), [
    "MODE #tea +b cat!*@*",
    `cat has the same host as you: ${warning}`,
  ]);
  const nobody = [":srv 401 bob cat :No such nick", ":srv 318 bob cat :End"];
  assertEquals(await typed("/ban cat", extended, ...nobody), [
    "MODE #tea +b cat!*@*",
    `Nobody called cat is here: ${warning}`,
  ]);
});

Deno.test("/ban of a guest on the server's own machine warns that the host is made from the name", async () => {
  assertEquals(await typed("/ban cat", extended, ...whois("cat", "cat.localhost")), [
    "MODE #tea +b *!*@cat.localhost",
    "cat is on the server's own machine, where a person with another name can join",
  ]);
  assertEquals(await typed("/ban cat", extended, ...whois("cat", "cat.localhost", "cat")), [
    "MODE #tea +bb a:cat *!*@cat.localhost",
  ]);
});

Deno.test("/ban and /unban use a ban of an account as it is written", async () => {
  assertEquals(await typed("/ban a:kitty", extended), ["MODE #tea +b a:kitty"]);
  assertEquals(await typed("/unban a:kitty", extended), ["MODE #tea -b a:kitty"]);
  assertEquals(await typed("/ban 10.0.0.*", extended), ["MODE #tea +b *!*@10.0.0.*"]);
});

Deno.test("/unban lifts every ban that is only for that person", async () => {
  await using ui = new RecordingUi();
  const server = await ui.enter("", extended);
  const entered = runInput(ui, "/unban cat");
  await server.say(...whois("cat", "k3.ip4", "kitty"));
  const list = ["CAT!*@*", "a:kitty", "*!*@k3.ip4", "*!*@*.ip4", "dan!*@*"];
  await server.say(...list.map((mask) => `:srv 367 bob #tea ${mask}`), ":srv 368 bob #tea :End");
  await entered;
  assertEquals((await server.sent()).at(-1), "MODE #tea -bbb CAT!*@* a:kitty *!*@k3.ip4");
  const none = assertRejects(
    () => runInput(ui, "/unban dora"),
    ActionError,
    "No ban in #tea is only for dora",
  );
  await server.say(":srv 401 bob dora :No such nick", ":srv 318 bob dora :End");
  await server.say(":srv 368 bob #tea :End");
  await none;
});
