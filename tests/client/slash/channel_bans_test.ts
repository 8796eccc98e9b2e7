/** Whom /ban and /unban of a nick name. */
import { assertEquals, assertRejects } from "@std/assert";
import { ActionError } from "../../../lib/client/core/action_error.ts";
import { enter } from "../../../lib/client/slash/slash.ts";
import { RecordingFace } from "../core/recording_face.ts";

const extended = "EXTBAN=,am ACCOUNTEXTBAN=a";
const whois = (nick: string, host: string, account?: string) => [
  `:srv 311 bob ${nick} c ${host} * :Cat`,
  ...(account === undefined ? [] : [`:srv 330 bob ${nick} ${account} :is logged in as`]),
  `:srv 318 bob ${nick} :End`,
];

/** What is sent behind the question who that is, and told. */
async function typed(text: string, isupport: string, ...answers: string[]): Promise<string[]> {
  await using paper = new RecordingFace();
  const wire = await paper.enter("", isupport);
  const entered = enter(paper, text);
  await wire.say(...answers);
  const refused = await entered.then(() => [], (error: Error) => [error.message]);
  const sent = (await wire.sent()).filter((line) => !/^(WHOIS|PING)|^MODE \S+ b$/.test(line));
  return [...sent, ...paper.notes, ...refused];
}

Deno.test("/ban of somebody who is here bans the host", async () => {
  assertEquals(await typed("/ban cat", extended, ...whois("cat", "k3.ip4")), ["MODE #tea +b *!*@k3.ip4"]);
});

Deno.test("/ban of somebody who is logged in bans the account too, as the server writes that", async () => {
  const answers = whois("cat", "k3.ip4", "kitty");
  assertEquals(await typed("/ban #den cat", extended, ...answers), ["MODE #den +bb a:kitty *!*@k3.ip4"]);
  const dollar = "EXTBAN=$,a ACCOUNTEXTBAN=a";
  assertEquals(await typed("/ban cat", dollar, ...answers), ["MODE #tea +bb $a:kitty *!*@k3.ip4"]);
  assertEquals(await typed("/ban cat", "", ...answers), ["MODE #tea +b *!*@k3.ip4"]);
});

Deno.test("/ban of somebody who shares one's own host, or is not here, bans the name and says so", async () => {
  const rest = "only the name cat is banned, and a person with another name can join";
  assertEquals(await typed("/ban cat", extended, ...whois("cat", "host")), [
    "MODE #tea +b cat!*@*",
    `cat has the same host as you: ${rest}`,
  ]);
  const nobody = [":srv 401 bob cat :No such nick", ":srv 318 bob cat :End"];
  assertEquals(await typed("/ban cat", extended, ...nobody), [
    "MODE #tea +b cat!*@*",
    `Nobody called cat is here: ${rest}`,
  ]);
});

Deno.test("/ban and /unban take a ban of an account as it is written", async () => {
  assertEquals(await typed("/ban a:kitty", extended), ["MODE #tea +b a:kitty"]);
  assertEquals(await typed("/unban a:kitty", extended), ["MODE #tea -b a:kitty"]);
  assertEquals(await typed("/ban 10.0.0.*", extended), ["MODE #tea +b *!*@10.0.0.*"]);
});

Deno.test("/unban lifts every ban that is of somebody alone", async () => {
  await using paper = new RecordingFace();
  const wire = await paper.enter("", extended);
  const entered = enter(paper, "/unban cat");
  await wire.say(...whois("cat", "k3.ip4", "kitty"));
  const list = ["CAT!*@*", "a:kitty", "*!*@k3.ip4", "*!*@*.ip4", "dan!*@*"];
  await wire.say(...list.map((mask) => `:srv 367 bob #tea ${mask}`), ":srv 368 bob #tea :End");
  await entered;
  assertEquals((await wire.sent()).at(-1), "MODE #tea -bbb CAT!*@* a:kitty *!*@k3.ip4");
  const none = assertRejects(
    () => enter(paper, "/unban dora"),
    ActionError,
    "No ban in #tea is only for dora",
  );
  await wire.say(":srv 401 bob dora :No such nick", ":srv 318 bob dora :End");
  await wire.say(":srv 368 bob #tea :End");
  await none;
});
