/** MONITOR, ISON, USERHOST: which users are online, and notices when that changes. */
import { assertEquals } from "@std/assert";
import { makeOperator } from "../../support/account.ts";
import { story } from "../../support/story.ts";
import { ask, receive } from "../../support/transcript.ts";

story("MONITOR + reports who is online, and then each change", async (chat) => {
  const ann = await chat.peer("ann");
  await chat.peer("bob");
  assertEquals(await ask(ann, "MONITOR + Bob,cat,BOB"), [
    ":chat.test 730 ann bob!~bob@bob.localhost,bob!~bob@bob.localhost",
    ":chat.test 731 ann cat",
  ]);
  const cat = await chat.peer("Cat");
  cat.send("QUIT");
  await cat.closed();
  assertEquals(await receive(ann), [":chat.test 730 * Cat!~Cat@cat.localhost", ":chat.test 731 * Cat"]);
});

story("MONITOR follows renames, but not a change of case only", async (chat) => {
  const [ann, bob] = [await chat.peer("ann"), await chat.peer("bob")];
  await ask(ann, "MONITOR + bob,rob");
  await ask(bob, "NICK rob", "NICK ROB", "NICK bob");
  assertEquals(await receive(ann), [
    ":chat.test 731 * bob",
    ":chat.test 730 * rob!~bob@bob.localhost",
    ":chat.test 731 * ROB",
    ":chat.test 730 * bob!~bob@bob.localhost",
  ]);
});

story("MONITOR - and C send no answer, L and S show the remaining nicks", async (chat) => {
  const ann = await chat.peer("ann");
  await ask(ann, "MONITOR + bob,cat,dan");
  assertEquals(await ask(ann, "MONITOR - BOB", "MONITOR l", "MONITOR S", "MONITOR C", "MONITOR L"), [
    ":chat.test 732 ann cat,dan",
    ":chat.test 733 ann :End of MONITOR list",
    ":chat.test 731 ann cat,dan",
    ":chat.test 733 ann :End of MONITOR list",
  ]);
  await chat.peer("cat");
  assertEquals(await receive(ann), []);
});

story("MONITOR refuses masks, unknown subcommands, and more than the limit", {
  settings: { monitorLimit: 2 },
}, async (chat) => {
  const ann = await chat.peer("ann");
  assertEquals(
    await ask(
      ann,
      "MONITOR",
      "MONITOR X bob",
      "MONITOR +",
      "MONITOR - ,",
      "MONITOR + *!u@h",
      "MONITOR + a,b,c,d,A",
    ),
    [
      ":chat.test 461 ann MONITOR :Not enough parameters",
      ":chat.test 400 ann MONITOR :The subcommand must be +, -, C, L or S",
      ":chat.test 461 ann MONITOR :Not enough parameters",
      ":chat.test 461 ann MONITOR :Not enough parameters",
      ":chat.test 432 ann *!u@h :Nobody can have this nick",
      ":chat.test 731 ann a,b,A",
      ":chat.test 734 ann 2 c,d :Monitor list is full",
    ],
  );
});

story(
  "extended-monitor sends changes of users in no common channel, and changes in a common channel once",
  async (chat) => {
    const caps = ["extended-monitor", "away-notify", "setname", "chghost"];
    const [ann, bob] = [await chat.peer("ann", { caps }), await chat.peer("bob")];
    const cat = await chat.peer("cat", { caps: caps.slice(1) });
    for (const one of [ann, cat]) await ask(one, "MONITOR + bob");
    await ask(bob, "AWAY :out", "SETNAME :Bobby", "AWAY");
    chat.hub.commit({ kind: "host set", user: chat.state.find("bob")?.id ?? "", host: "bob.example" });
    const changes = [":bob AWAY out", ":bob SETNAME Bobby", ":bob AWAY :", ":bob CHGHOST ~bob bob.example"];
    assertEquals(await receive(ann), changes);
    assertEquals(await receive(cat), []);
    for (const one of [ann, bob]) await one.join("#tea");
    await receive(ann);
    await ask(bob, "AWAY :out");
    assertEquals(await receive(ann), [":bob AWAY out"]);
  },
);

story("ISON lists the nicks that are online, USERHOST shows their hosts", async (chat) => {
  const [ann, bob] = [await chat.peer("ann"), await chat.peer("bob")];
  await ask(bob, "AWAY :out");
  makeOperator(chat, "ann");
  assertEquals(await ask(ann, "ISON BOB cat ann", "ISON :bob cat", "ISON cat", "USERHOST bob cat ann"), [
    ":chat.test 303 ann :bob ann",
    ":chat.test 303 ann bob",
    ":chat.test 303 ann :",
    ":chat.test 302 ann :bob=-~bob@bob.localhost ann*=+~ann@ann.localhost",
  ]);
  assertEquals(await ask(ann, "USERHOST bob bob bob bob bob bob", "ISON", "USERHOST"), [
    `:chat.test 302 ann :${Array(5).fill("bob=-~bob@bob.localhost").join(" ")}`,
    ":chat.test 407 ann bob :Too many targets: only the first 5 were served, not these",
    ":chat.test 461 ann ISON :Not enough parameters",
    ":chat.test 461 ann USERHOST :Not enough parameters",
  ]);
});
