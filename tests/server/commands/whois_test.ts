/** WHOIS and WHOWAS: the information they show to each user. */
import { assertEquals, assertMatch } from "@std/assert";
import { ScramClient } from "../../../lib/irc/scram_client.ts";
import { makeOperator, password } from "../../support/account.ts";
import { story } from "../../support/story.ts";
import { ask } from "../../support/transcript.ts";
import { visit } from "../../support/memory_connection.ts";

const end = (nick: string, list: string) => `:chat.test 318 ${nick} ${list} :End of /WHOIS list`;
/** Seconds differ from run to run. */
const still = (lines: string[]) =>
  lines.map((line) => line.replace(/( 317 \S+ \S+) \d+ \d+/, "$1 IDLE SIGNON"));

story("WHOIS and WHOWAS serve the first eight nicks, and name the others", async (chat) => {
  const ann = await chat.peer("ann");
  const words = "Too many targets: only the first 8 were served, not these";
  assertEquals((await ask(ann, "WHOIS a,b,c,d,e,f,g,h,i,j")).slice(-2), [
    `:chat.test 407 ann i,j :${words}`,
    ":chat.test 318 ann a,b,c,d,e,f,g,h,i,j :End of /WHOIS list",
  ]);
  assertEquals((await ask(ann, "WHOWAS a,b,c,d,e,f,g,h,i")).at(-1), `:chat.test 407 ann i :${words}`);
});

story(
  "WHOIS shows user, channels, server, away message and idle time",
  { settings: { description: "A test" } },
  async (chat) => {
    const [ann] = await chat.join("#tea", "ann");
    const bob = await chat.peer("bob");
    await ann.join("#den");
    await ask(ann, "AWAY :at lunch");
    assertEquals(still(await ask(bob, "WHOIS ANN")), [
      ":chat.test 311 bob ann ~ann ann.localhost * ann",
      ":chat.test 319 bob ann :@#tea @#den",
      ":chat.test 312 bob ann chat.test :A test",
      ":chat.test 301 bob ann :at lunch",
      ":chat.test 317 bob ann IDLE SIGNON :seconds idle, signon time",
      end("bob", "ANN"),
    ]);
  },
);

story("WHOIS shows a bot, an operator, an account and a secure connection", async (chat) => {
  await using ann = await visit(chat.hub, "10.1.2.3", "ann", { secure: true });
  await using bob = await visit(chat.hub, "10.1.2.4", "bob");
  await ask(ann, "MODE ann +B");
  const user = chat.state.find("ann");
  makeOperator(chat, "ann");
  if (user) user.account = "Ann";
  assertEquals(
    (await ask(bob, "WHOIS ann")).map((line) => line.replace(/^\S+ (\d+) bob /, "$1 ")).slice(1, -2),
    [
      "307 ann :has identified for this nick",
      "312 ann chat.test :A chat for everyone",
      "313 ann :is an IRC operator",
      "330 ann Ann :is logged in as",
      "335 ann :is a bot",
      "671 ann :is using a secure connection",
    ],
  );
});

story("WHOIS shows the real address and the modes only to operators and to the user", async (chat) => {
  await using ann = await visit(chat.hub, "::1", "ann");
  await using bob = await visit(chat.hub, "10.1.2.4", "bob");
  const own = [
    ":chat.test 378 ann ann :is connecting from *@0::1 0::1",
    ":chat.test 338 ann ann 0::1 :Is actually using host",
    ":chat.test 379 ann ann :is using modes +i",
  ];
  await ask(ann, "MODE ann +i");
  const hidden = (lines: string[]) => lines.filter((line) => / (378|338|379) /.test(line));
  assertEquals(hidden(await ask(ann, "WHOIS ann")), own);
  assertEquals(hidden(await ask(bob, "WHOIS ann")), []);
  makeOperator(chat, "bob");
  assertEquals(hidden(await ask(bob, "WHOIS ann")).length, 3);
  assertMatch((await ask(ann, "WHOIS bob"))[0] ?? "", / 311 ann bob ~bob (?:[a-z2-9]{7}\.){3}ip4 \* bob$/);
});

story(
  "WHOIS calls a user secure only while all its devices are, and shows all addresses to operators",
  async (chat) => {
    await using bob = await visit(chat.hub, "10.1.2.9", "bob");
    await using ann = await visit(chat.hub, "10.1.2.3", "ann", { secure: true });
    ann.send(`REGISTER * * ${password}`);
    await ann.next(/ REGISTER SUCCESS /);
    const seen = async () => (await ask(bob, "WHOIS ann")).filter((line) => / (671|338) /.test(line));
    const secure = ":chat.test 671 bob ann :is using a secure connection";
    assertEquals(await seen(), [secure]);
    const phone = await visit(chat.hub, "10.1.2.4", "ann", { register: false });
    const client = new ScramClient("ann", password);
    phone.send("CAP REQ sasl", "NICK ann", "USER ann 0 * ann", "AUTHENTICATE SCRAM-SHA-256");
    await phone.next(/ AUTHENTICATE \+$/);
    phone.send(`AUTHENTICATE ${btoa(client.first())}`);
    const challenge = atob((await phone.next(/ AUTHENTICATE \S+$/)).split(" ").at(-1) ?? "");
    phone.send(`AUTHENTICATE ${btoa(await client.final(challenge) ?? "")}`);
    await phone.next(/ AUTHENTICATE \S+$/);
    phone.send("AUTHENTICATE +", "CAP END");
    await phone.until(/^\S+ (376|422) /);
    makeOperator(chat, "bob");
    const address = (last: number) => `:chat.test 338 bob ann 10.1.2.${last} :Is actually using host`;
    assertEquals(await seen(), [address(3), address(4)]);
    phone.send("QUIT");
    await phone.closed();
    assertEquals(await seen(), [address(3), secure]);
  },
);

story(
  "WHOIS hides secret channels and the channels of invisible users, except shared channels",
  async (chat) => {
    const [ann] = await chat.join("#tea", "ann");
    const bob = await chat.peer("bob");
    const channels = async () => (await ask(bob, "WHOIS ann")).filter((line) => line.includes(" 319 "));
    await ask(ann, "MODE #tea +s");
    assertEquals(await channels(), []);
    await ask(ann, "MODE #tea -s", "MODE ann +i");
    assertEquals(await channels(), []);
    await bob.join("#tea");
    assertEquals(await channels(), [":chat.test 319 bob ann @#tea"]);
  },
);

story("WHOIS accepts several nicks and a server, and refuses unknown ones", async (chat) => {
  const ann = await chat.peer("ann");
  await chat.peer("bob");
  const codes = async (line: string) => (await ask(ann, line)).map((one) => one.split(" ")[1]).join(" ");
  assertEquals(await codes("WHOIS bob,nobody"), "311 312 317 401 318");
  assertEquals(await codes("WHOIS chat.test bob"), "311 312 317 318");
  assertEquals(await codes("WHOIS bob bob"), "311 312 317 318");
  assertEquals(await ask(ann, "WHOIS", "WHOIS other.test bob", "WHOIS nobody"), [
    ":chat.test 431 ann :No nickname given",
    ":chat.test 402 ann other.test :No such server",
    ":chat.test 401 ann nobody :No such nick/channel",
    end("ann", "nobody"),
  ]);
});

story("WHOWAS lists users who left or changed the nick, the latest first", {
  startsAt: Date.UTC(2026, 10, 23),
}, async (chat) => {
  const ann = await chat.peer("ann");
  const bob = await chat.peer("bob");
  await ask(bob, "SETNAME :Bob One", "NICK rob", "NICK bob", "SETNAME :Bob Two");
  chat.clock.nowMs += 60_000;
  bob.send("QUIT");
  await bob.closed();
  assertEquals(await ask(ann, "WHOWAS BOB", "WHOWAS bob 1", "WHOWAS"), [
    ":chat.test 314 ann bob ~bob bob.localhost * :Bob Two",
    ":chat.test 312 ann bob chat.test :Mon, 23 Nov 2026 00:01:00 GMT",
    ":chat.test 314 ann bob ~bob bob.localhost * :Bob One",
    ":chat.test 312 ann bob chat.test :Mon, 23 Nov 2026 00:00:00 GMT",
    ":chat.test 369 ann BOB :End of WHOWAS",
    ":chat.test 314 ann bob ~bob bob.localhost * :Bob Two",
    ":chat.test 312 ann bob chat.test :Mon, 23 Nov 2026 00:01:00 GMT",
    ":chat.test 369 ann bob :End of WHOWAS",
    ":chat.test 431 ann :No nickname given",
  ]);
});

story("WHOWAS of an unknown nick is refused, and only operators see addresses", async (chat) => {
  await using ann = await visit(chat.hub, "10.1.2.3", "ann");
  const bob = await visit(chat.hub, "10.1.2.4", "bob");
  bob.send("QUIT");
  await bob.closed();
  assertEquals(await ask(ann, "WHOWAS eve"), [
    ":chat.test 406 ann eve :There was no such nickname",
    ":chat.test 369 ann eve :End of WHOWAS",
  ]);
  assertEquals((await ask(ann, "WHOWAS bob")).length, 3);
  makeOperator(chat, "ann");
  assertEquals((await ask(ann, "WHOWAS bob"))[1], ":chat.test 338 ann bob 10.1.2.4 :Is actually using host");
});
