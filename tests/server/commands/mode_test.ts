/** MODE: the flags, key and limit of a channel, its ranks, and user modes. channel_bans_test.ts has the lists. */
import { assertEquals } from "@std/assert";
import type { Chat } from "../../support/chat.ts";
import { story } from "../../support/story.ts";
import { ask, receive } from "../../support/transcript.ts";

const lowRank = ":chat.test 482 bob #tea :You're not channel operator";

story(
  "MODE shows the modes of a channel and its creation time",
  { now: () => 1_000_000_000_000 },
  async (chat) => {
    const [ann] = await chat.join("#tea", "ann");
    const bob = await chat.peer("bob");
    await ask(ann, "MODE #tea +sikl-s green 10");
    assertEquals(await ask(ann, "MODE #TEA"), [
      ":chat.test 324 ann #tea +klint green 10",
      ":chat.test 329 ann #tea 1000000000",
    ]);
    assertEquals((await ask(bob, "MODE #tea"))[0], ":chat.test 324 bob #tea +klint * 10");
    await ask(ann, "MODE #tea -klint x");
    assertEquals((await ask(ann, "MODE #tea"))[0], ":chat.test 324 ann #tea +");
  },
);

story("MODE sends only real changes to everybody", async (chat) => {
  const [ann, bob] = await chat.join("#tea", "ann", "bob");
  assertEquals(await ask(ann, "MODE #tea +nt", "MODE #tea -l", "MODE #tea -k x", "MODE #tea +"), []);
  assertEquals(await ask(ann, "MODE #tea +ntsm-t+s"), [":ann MODE #tea +sm-t"]);
  assertEquals(await ask(ann, "MODE #tea +v bob", "MODE #tea +v bob"), [":ann MODE #tea +v bob"]);
  assertEquals(await ask(ann, "MODE #tea +k green", "MODE #tea +k green", "MODE #tea +k black"), [
    ":ann MODE #tea +k green",
    ":ann MODE #tea +k black",
  ]);
  assertEquals(await ask(ann, "MODE #tea +l 05", "MODE #tea +l 5", "MODE #tea -kl"), [
    ":ann MODE #tea +l 5",
    ":ann MODE #tea -kl *",
  ]);
  assertEquals((await receive(bob)).length, 6);
});

story("MODE is refused outside, without rank, and for unknown channels", async (chat) => {
  const [ann, bob] = await chat.join("#tea", "ann", "bob");
  const cat = await chat.peer("cat");
  assertEquals(await ask(bob, "MODE", "MODE #tea +itk-n+o key ann", "MODE #tea +o", "MODE #none +i"), [
    ":chat.test 461 bob MODE :Not enough parameters",
    lowRank,
    ":chat.test 696 bob #tea o * :The parameter is missing: operator",
    ":chat.test 403 bob #none :No such channel",
  ]);
  assertEquals(await ask(cat, "MODE #tea +i", "MODE #tea +o cat", "MODE #tea +o"), [
    ":chat.test 442 cat #tea :You're not on that channel",
    ":chat.test 442 cat #tea :You're not on that channel",
    ":chat.test 442 cat #tea :You're not on that channel",
  ]);
  await ask(ann, "MODE #tea +s");
  assertEquals(await ask(cat, "MODE #tea", "MODE #tea +i"), [
    ":chat.test 403 cat #tea :No such channel",
    ":chat.test 403 cat #tea :No such channel",
  ]);
});

story("MODE answers unknown letters, and makes the other changes", async (chat) => {
  const [ann] = await chat.join("#tea", "ann");
  assertEquals(await ask(ann, "MODE #tea +iZm-Z"), [
    ":chat.test 472 ann Z :is unknown mode char to me",
    ":ann MODE #tea +im",
  ]);
});

const badParameters: readonly (readonly [modes: string, answer: string])[] = [
  ["+k", "k * :The parameter is missing: key"],
  ["+k :", "k * :A key must have 1 to 32 characters without spaces and commas"],
  ["+k :two words", "k * :A key must have 1 to 32 characters without spaces and commas"],
  ["+k a,b", "k * :A key must have 1 to 32 characters without spaces and commas"],
  [`+k ${"x".repeat(33)}`, "k * :A key must have 1 to 32 characters without spaces and commas"],
  ["+l", "l * :The parameter is missing: limit"],
  ["+l :", "l * :The limit must be a whole number above 0"],
  ["+l 0", "l 0 :The limit must be a whole number above 0"],
  ["+l -1", "l -1 :The limit must be a whole number above 0"],
  ["+l ten", "l ten :The limit must be a whole number above 0"],
  ["+b :", "b * :The mask is invalid or too long"],
  ["+b :a b", "b * :The mask is invalid or too long"],
  [`+b ${"x".repeat(201)}`, `b ${"x".repeat(201)} :The mask is invalid or too long`],
];

story("MODE refuses bad parameters with ERR_INVALIDMODEPARAM", async (chat) => {
  const [ann] = await chat.join("#tea", "ann");
  for (const [modes, answer] of badParameters) {
    assertEquals(await ask(ann, `MODE #tea ${modes}`), [`:chat.test 696 ann #tea ${answer}`], modes);
  }
});

story("MODE gives ranks to members only", async (chat) => {
  const [ann] = await chat.join("#tea", "ann", "bob");
  await chat.peer("cat");
  assertEquals(
    await ask(ann, "MODE #tea +ovhv BOB cat eve", "MODE #tea +o :"),
    [
      ":chat.test 696 ann #tea v * :The parameter is missing: voice",
      ":chat.test 441 ann cat #tea :They aren't on that channel",
      ":chat.test 401 ann eve :No such nick/channel",
      ":ann MODE #tea +o bob",
      ":chat.test 401 ann * :No such nick/channel",
    ],
  );
});

/** The modes that each rank can change: bob, with this rank, tries the letters on himself or the channel. */
const rights: readonly (readonly [rank: string, may: string, mayNot: string])[] = [
  ["", "", "qaohvbeIklimnstCR"],
  ["v", "", "qaohbeIklimnstCR"],
  ["h", "vbeI", "qaoklimnstCR"],
  ["o", "hvbeIklimstCR", "qa"],
  ["a", "ohvbeIklimstCR", "q"],
  ["q", "aohvbeIklimstCR", ""],
];

for (const [rank, may, mayNot] of rights) {
  story(
    `MODE by ${rank === "" ? "a member without rank" : `+${rank}`} can change ${may || "nothing"}`,
    async (chat) => {
      const [ann, bob] = await chat.join("#tea", "ann", "bob", "cat");
      makeFounder(chat, "ann");
      if (rank !== "") await ask(ann, `MODE #tea -nt+${rank} bob`);
      else await ask(ann, "MODE #tea -nt");
      await receive(bob);
      const parameter = (letter: string) => letter === "l" ? "5" : "cat";
      for (const letter of mayNot) {
        assertEquals(await ask(bob, `MODE #tea +${letter} ${parameter(letter)}`), [lowRank], letter);
      }
      for (const letter of may) {
        const [answer] = await ask(bob, `MODE #tea +${letter} ${parameter(letter)}`);
        assertEquals(answer?.startsWith(`:bob MODE #tea +${letter}`), true, answer);
      }
    },
  );
}

story(
  "MODE lets every member remove their own rank, and lets higher ranks remove the ranks of others",
  async (chat) => {
    const [ann, bob] = await chat.join("#tea", "ann", "bob");
    await ask(ann, "MODE #tea +hv bob bob");
    await receive(bob);
    assertEquals(
      await ask(bob, "MODE #tea -o ann", "MODE #tea -h bob", "MODE #tea +h bob", "MODE #tea -v bob"),
      [
        lowRank,
        ":bob MODE #tea -h bob",
        lowRank,
        ":bob MODE #tea -v bob",
      ],
    );
    assertEquals((await ask(ann, "MODE #tea -o ann")).at(-1), ":ann MODE #tea -o ann");
  },
);

story("MODE sends many changes in lines of at most MODES parameters and LINELEN bytes", {
  settings: { lineBytes: 512 },
}, async (chat) => {
  const [ann] = await chat.join("#tea", "ann");
  const few = Array.from({ length: 25 }, (_, at) => `b${at}`);
  const lines = await ask(ann, `MODE #tea +${"b".repeat(25)} ${few.join(" ")}`);
  assertEquals(lines.map((line) => line.split(" ").length - 4), [20, 5]);
  const long = Array.from({ length: 3 }, (_, at) => `${at}${"x".repeat(158)}!*@*`);
  const more = await ask(ann, `MODE #tea +bbb ${long.join(" ")}`);
  assertEquals(more.map((line) => line.split(" ").length - 4), [2, 1]);
});

story("MODE shows and changes user modes", async (chat) => {
  const ann = await chat.peer("ann");
  const before = (await ask(ann, "MODE ann"))[0]?.replace(":chat.test 221 ann +", "") ?? "";
  const fresh = [..."BRw"].filter((letter) => !before.includes(letter));
  assertEquals(await ask(ann, "MODE Ann +BRw"), [`:ann MODE ann +${fresh.join("")}`]);
  assertEquals(await ask(ann, "MODE ann +B", "MODE ann -BR+R", "MODE ann +"), [":ann MODE ann -B"]);
  const [after] = await ask(ann, "MODE ann");
  assertEquals(after, `:chat.test 221 ann +${[...new Set(`${before}Rw`)].toSorted().join("")}`);
});

story(
  "MODE refuses +o and r in words, reports unknown letters once, and is for the user only",
  async (chat) => {
    const ann = await chat.peer("ann");
    await chat.peer("bob");
    assertEquals(await ask(ann, "MODE ann +or-r", "MODE ann -o"), [
      ":chat.test FAIL MODE CANNOT_SET +o :Only the server sets +o; use OPER to become an operator",
      ":chat.test FAIL MODE CANNOT_SET +r :Only the server sets +r",
    ]);
    assertEquals(await ask(ann, "MODE ann +XYB", "MODE bob", "MODE bob +i", "MODE eve +i"), [
      ":chat.test 501 ann :Unknown MODE flag: XY",
      ":ann MODE ann +B",
      ":chat.test 502 ann :Cant change mode for other users",
      ":chat.test 502 ann :Cant change mode for other users",
      ":chat.test 401 ann eve :No such nick/channel",
    ]);
  },
);

/** Founders come with registered channels, which do not matter in these tests. */
function makeFounder(chat: Chat, nick: string): void {
  const user = chat.state.find(nick);
  const member = user && chat.state.channel("#tea")?.members.get(user);
  if (member !== undefined) member.prefixes = "~";
}
