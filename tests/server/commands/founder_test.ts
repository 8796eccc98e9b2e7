/**
 * Registered channels: a logged-in user who creates a channel is its founder, and the channel survives empty times
 * and restarts.
 */
import { assert, assertEquals } from "@std/assert";
import { openStore } from "../../../lib/server/store/store.ts";
import { registered } from "../../support/account.ts";
import { type Chat, startChat } from "../../support/chat.ts";
import { temporaryFolder } from "../../support/folder.ts";
import { device } from "../../support/login.ts";
import { granted } from "../../support/permissions.ts";
import { ask, receive } from "../../support/transcript.ts";
import { story } from "../../support/story.ts";

const ignore = !granted("net", "read", "write");
const day = 86_400_000;

/** Lines without the names and the end of lists, which other tests cover. */
function modes(lines: readonly string[]): string[] {
  return lines.filter((line) => / MODE /.test(line));
}

story("a channel of a logged-in user stays, and its founder gets ~ at each return", async (chat) => {
  const ann = await registered(chat, "ann");
  const bob = await chat.peer("bob");
  const made = await ask(ann, "JOIN #tea", "TOPIC #tea :Assam", "MODE #tea");
  assert(
    made.includes(":chat.test 353 ann = #tea @ann") && made.includes(":chat.test 324 ann #tea +nrt"),
    made.join("\n"),
  );
  await ask(ann, "PART #tea");
  const joined = await ask(bob, "JOIN #tea");
  assert(
    joined.includes(":chat.test 332 bob #tea Assam") && joined.includes(":chat.test 353 bob = #tea bob"),
  );
  assertEquals(await ask(bob, "TOPIC #tea :mine"), [":chat.test 482 bob #tea :You're not channel operator"]);
  const back = await ask(ann, "JOIN #tea");
  assert(back.includes(":chat.test 353 ann = #tea :bob ~ann"), back.join("\n"));
  assertEquals(modes(await receive(bob)), [":chat.test MODE #tea +q ann"]);
});

story("a channel of a user without an account ends when the last member leaves", async (chat) => {
  const bob = await chat.peer("bob");
  await ask(bob, "JOIN #tea", "PART #tea");
  assertEquals(chat.state.channels.size, 0);
});

story("ranks set by hand return with the account, and end when they are removed", async (chat) => {
  const ann = await registered(chat, "ann");
  const bob = await registered(chat, "bob");
  for (const one of [ann, bob]) await one.join("#tea");
  await ask(ann, "MODE #tea +ov bob bob");
  await ask(bob, "PART #tea", "JOIN #tea");
  assertEquals(modes(await receive(ann)).at(-1), ":chat.test MODE #tea +ov bob bob");
  await ask(ann, "MODE #tea -o bob");
  await ask(bob, "PART #tea", "JOIN #tea");
  assertEquals(modes(await receive(ann)).at(-1), ":chat.test MODE #tea +v bob");
  await ask(ann, "MODE #tea -v bob");
  assert((await ask(bob, "PART #tea", "JOIN #tea")).some((line) => / 353 .* bob$/.test(line)));
});

story("operators can neither kick the founder nor ban the founder", async (chat) => {
  const ann = await registered(chat, "ann");
  const bob = await chat.peer("bob");
  for (const one of [ann, bob]) await one.join("#tea");
  await ask(ann, "MODE #tea +o bob");
  await receive(bob);
  assert((await ask(bob, "KICK #tea ann"))[0]?.includes(" 482 "));
  await ask(bob, "MODE #tea -o ann", "MODE #tea +ib ann!*@*");
  await ask(ann, "PART #tea");
  assert((await ask(ann, "JOIN #tea")).some((line) => / 353 .*~ann/.test(line)));
});

story(
  "MODE +r registers a channel for a logged-in operator, -r unregisters it for its founder",
  async (chat) => {
    const bob = await chat.peer("bob");
    await bob.join("#tea");
    assertEquals(await ask(bob, "MODE #tea +r"), [
      ":chat.test FAIL MODE ACCOUNT_REQUIRED #tea :Log in first: only an account can register a channel",
    ]);
    const ann = await registered(chat, "ann");
    await ann.join("#tea");
    assertEquals(await ask(ann, "MODE #tea +r"), [":chat.test 482 ann #tea :You're not channel operator"]);
    await ask(bob, "MODE #tea +o ann");
    assertEquals(modes(await ask(ann, "MODE #tea +rs")), [
      ":bob MODE #tea +o ann",
      ":ann MODE #tea +s",
      ":ann MODE #tea +r",
      ":chat.test MODE #tea +q ann",
    ]);
    assertEquals(
      await ask(bob, "MODE #tea -r").then((lines) => lines.at(-1)),
      ":chat.test 482 bob #tea :You're not channel operator",
    );
    assertEquals(await ask(ann, "MODE #tea +r"), []);
    assertEquals(await ask(ann, "MODE #tea -r"), [":ann MODE #tea -r", ":chat.test MODE #tea -q ann"]);
    for (const one of [ann, bob]) await ask(one, "PART #tea");
    assertEquals(chat.state.channels.size, 0);
  },
);

story("FOUNDER shows the founder of a channel, and changes it", async (chat) => {
  const ann = await registered(chat, "ann");
  const bob = await registered(chat, "bob");
  for (const one of [ann, bob]) await one.join("#tea");
  await receive(ann);
  assertEquals(await ask(bob, "FOUNDER #tea", "FOUNDER #tea bob", "FOUNDER #den"), [
    ":chat.test NOTE FOUNDER SHOW #tea ann :The founder is ann",
    ":chat.test 482 bob #tea :You're not channel operator",
    ":chat.test 403 bob #den :No such channel",
  ]);
  assertEquals(await ask(ann, "FOUNDER #tea nobody", "FOUNDER #tea ann", "FOUNDER #tea bob"), [
    ":chat.test FAIL FOUNDER ACCOUNT_UNKNOWN #tea :There is no account with this name",
    ":chat.test NOTE FOUNDER GIVEN #tea ann :The founder is ann already",
    ":chat.test MODE #tea +q bob",
    ":chat.test NOTE FOUNDER GIVEN #tea bob :The founder is now bob",
  ]);
});

story(
  "an account is founder of a limited number of channels",
  { settings: { channelsPerAccount: 2 } },
  async (chat) => {
    const ann = await registered(chat, "ann");
    await ask(ann, "JOIN #one,#two,#three");
    assertEquals([...chat.state.channels.values()].map(({ registration }) => registration?.founder), [
      "ann",
      "ann",
      undefined,
    ]);
    assertEquals(await ask(ann, "MODE #three +r"), [
      ":chat.test FAIL FOUNDER TOO_MANY_CHANNELS #three :The account has already registered 2 channels",
    ]);
  },
);

let passedMs = 0;

story("a registered channel that nobody joins for a long time expires", {
  now: () => Date.now() + passedMs,
  settings: { pingAfter: 1000 * day },
}, async (chat) => {
  const ann = await registered(chat, "ann");
  await ask(ann, "JOIN #tea", "JOIN #den", "PART #tea");
  passedMs += 92 * day;
  chat.hub.sweep();
  assertEquals([...chat.state.channels.keys()].map(String), ["#den"]);
  assertEquals(chat.state.store?.channels.all().map(({ name }) => name), ["#den"]);
  await ask(ann, "PART #den");
  passedMs += 80 * day;
  chat.hub.sweep();
  assertEquals(chat.state.channels.size, 1);
});

story("deleting the founder's account leaves its channels to their members", async (chat) => {
  const ann = await registered(chat, "ann");
  await ask(ann, "JOIN #tea", "JOIN #den", "PART #den");
  await ask(ann, "ACCOUNT DELETE correct-horse-battery");
  assertEquals([...chat.state.channels.values()].map(({ name, registration }) => [name, registration]), [[
    "#tea",
    undefined,
  ]]);
});

Deno.test({ name: "registered channels and accounts survive a restart", ignore, fn: restart });

async function restart(): Promise<void> {
  using place = temporaryFolder();
  await within(place.folder, async (chat) => {
    const ann = await registered(chat, "ann");
    const bob = await registered(chat, "bob");
    for (const one of [ann, bob]) await one.join("#tea");
    await ask(ann, "TOPIC #tea :Assam", "MODE #tea +lmbv 12 eve!*@* bob", "MODE #tea +k leaf");
  });
  await within(place.folder, async (chat) => {
    const eve = await chat.peer("eve");
    assertEquals(await ask(eve, "JOIN #tea leaf"), [":chat.test 474 eve #tea :Cannot join channel (+b)"]);
    const { peer: bob } = await device(chat, "bob");
    const joined = await ask(bob, "JOIN #tea leaf");
    assert(joined.includes(":chat.test 332 bob #tea Assam"), joined.join("\n"));
    assert(joined.includes(":chat.test 353 bob = #tea +bob"), joined.join("\n"));
    assertEquals((await ask(bob, "MODE #tea"))[0], ":chat.test 324 bob #tea +klmnrt leaf 12");
    const { peer: ann } = await device(chat, "ann");
    assert((await ask(ann, "JOIN #tea")).some((line) => / 353 .*~ann/.test(line)));
  });
}

async function within(folder: string, act: (chat: Chat) => Promise<void>): Promise<void> {
  await using chat = startChat({ store: openStore({ folder }) });
  await act(chat);
}
