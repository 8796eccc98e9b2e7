import { assertEquals } from "@std/assert";
import { typingActivity } from "../../../lib/client/state/typing.ts";

const texts: readonly (readonly [text: string, activity: string])[] = [
  ["hello", "active"],
  ["", "done"],
  ["  ", "done"],
  ["/join #tea", "done"],
  [" /join #tea", "done"],
  ["//shrug is text", "active"],
];

for (const [text, activity] of texts) {
  Deno.test(`typingActivity() says ${activity} for ${JSON.stringify(text)}`, () => {
    assertEquals(typingActivity(text), activity);
  });
}
