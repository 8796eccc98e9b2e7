import { assertEquals } from "@std/assert";
import { utf8Bytes } from "../../../lib/irc/lines.ts";
import { formatTags, parse } from "../../../lib/irc/message.ts";
import {
  isTagAllowed,
  reactionTags,
  readClientTag,
  replyTags,
} from "../../../lib/client/state/client_tags.ts";
import { emptyState } from "../../../lib/client/state/state.ts";

const read: readonly (readonly [tags: string, reply: string | undefined, react: string | undefined])[] = [
  ["+reply=a", "a", undefined],
  ["+draft/reply=a", "a", undefined],
  ["+reply=a;+draft/reply=a;+draft/react=x", "a", "x"],
  ["+reply=a;+react=x", "a", "x"],
  ["+reply;+draft/reply=a", "a", undefined],
  ["reply=a", undefined, undefined],
];

for (const [tags, reply, react] of read) {
  Deno.test(`readClientTag() reads ${tags} under each name`, () => {
    const message = parse(`@${tags} PRIVMSG #tea :hi`);
    if (message === undefined) throw new Error("not a message");
    assertEquals([readClientTag(message, "reply"), readClientTag(message, "react")], [reply, react]);
  });
}

Deno.test("an answer and a reaction name their message under both names", () => {
  assertEquals(replyTags("a1"), { "+reply": "a1", "+draft/reply": "a1" });
  assertEquals(reactionTags("a1", "👍", true), {
    "+reply": "a1",
    "+draft/reply": "a1",
    "+draft/react": "👍",
  });
  assertEquals(reactionTags("a1", "👍", false)["+draft/unreact"], "👍");
});

Deno.test("a long id is sent under one name, so that the tags fit into a message", () => {
  for (const length of [1_000, 1_950, 2_100, 3_900]) {
    const tags = replyTags("x".repeat(length));
    assertEquals(utf8Bytes(formatTags(Object.entries(tags))) <= 4_000, true);
    assertEquals(tags["+reply"]?.length, length);
  }
});

const denied: readonly (readonly [value: string, react: boolean, typing: boolean])[] = [
  ["", true, true],
  ["draft/react,other", false, true],
  ["*", false, false],
  ["*,-typing", false, true],
];

for (const [value, react, typing] of denied) {
  Deno.test(`isTagAllowed() follows CLIENTTAGDENY=${value}`, () => {
    const state = { ...emptyState("bob"), isupport: new Map([["CLIENTTAGDENY", value]]) };
    assertEquals([isTagAllowed(state, "react"), isTagAllowed(state, "typing")], [react, typing]);
  });
}
