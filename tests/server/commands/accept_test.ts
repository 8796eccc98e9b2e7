/** User mode R and ACCEPT: messages only from logged-in users, with exceptions. */
import { assertEquals } from "@std/assert";
import { story } from "../../support/story.ts";
import { ask, receive } from "../../support/transcript.ts";

const refused = ":chat.test 477 bob ann :Only users who are logged in can message this user (+R)";

story("user mode R refuses messages from users who are not logged in", async (chat) => {
  const [ann, bob] = [await chat.peer("ann"), await chat.peer("bob")];
  await ask(ann, "MODE ann +R");
  assertEquals(await ask(bob, "PRIVMSG ann :hello", "NOTICE ann :hello"), [refused]);
  const user = chat.state.find("bob");
  if (user) user.account = "Bobby";
  assertEquals(await ask(bob, "PRIVMSG ann :hello"), []);
  assertEquals(await receive(ann), [":bob PRIVMSG ann hello"]);
});

story("ACCEPT lets a user write to a user with mode R, until it is removed", async (chat) => {
  const [ann, bob] = [await chat.peer("ann"), await chat.peer("bob")];
  await ask(ann, "MODE ann +R");
  assertEquals(await ask(ann, "ACCEPT bob", "ACCEPT"), [
    ":chat.test 281 ann bob",
    ":chat.test 282 ann :End of ACCEPT list",
  ]);
  assertEquals(await ask(bob, "PRIVMSG ann :hello"), []);
  assertEquals(await ask(ann, "ACCEPT -bob,*"), [
    ":bob PRIVMSG ann hello",
    ":chat.test 282 ann :End of ACCEPT list",
  ]);
  assertEquals(await ask(bob, "PRIVMSG ann :hello"), [refused]);
});

story(
  "a user with +R accepts answers of the users it wrote to last",
  { settings: { acceptLimit: 1 } },
  async (chat) => {
    const [ann, bob, cat] = [await chat.peer("ann"), await chat.peer("bob"), await chat.peer("cat")];
    await ask(ann, "MODE ann +R", "PRIVMSG bob :hello", "PRIVMSG cat :hello");
    assertEquals(await ask(bob, "PRIVMSG ann :hi"), [":ann PRIVMSG bob hello", refused]);
    assertEquals(await ask(cat, "PRIVMSG ann :hi"), [":ann PRIVMSG cat hello"]);
  },
);

story(
  "ACCEPT refuses unknown users, users who are on the list already, and too many users",
  { settings: { acceptLimit: 1 } },
  async (chat) => {
    const ann = await chat.peer("ann");
    for (const nick of ["bob", "cat"]) await chat.peer(nick);
    assertEquals(await ask(ann, "ACCEPT eve", "ACCEPT -bob", "ACCEPT bob,BOB", "ACCEPT cat"), [
      ":chat.test 401 ann eve :No such nick/channel",
      ":chat.test 458 ann bob :is not on your accept list",
      ":chat.test 457 ann bob :is already on your accept list",
      ":chat.test 456 ann :Accept list is full",
    ]);
    // The words after the one that is refused count too.
    assertEquals(await ask(ann, "ACCEPT cat,-bob", "ACCEPT cat", "ACCEPT"), [
      ":chat.test 456 ann :Accept list is full",
      ":chat.test 281 ann cat",
      ":chat.test 282 ann :End of ACCEPT list",
    ]);
  },
);

story(
  "ACCEPT removes users who left before it reports a full list",
  { settings: { acceptLimit: 1 } },
  async (chat) => {
    const [ann, bob] = [await chat.peer("ann"), await chat.peer("bob")];
    await chat.peer("cat");
    await ask(ann, "ACCEPT bob");
    bob.send("QUIT");
    await bob.closed();
    assertEquals(await ask(ann, "ACCEPT cat", "ACCEPT *"), [
      ":chat.test 281 ann cat",
      ":chat.test 282 ann :End of ACCEPT list",
    ]);
  },
);
