import { assertEquals } from "@std/assert";
import { nickColor } from "../../../lib/client/text/nick_color.ts";

Deno.test("nickColor() is the same for every spelling of a nick, and follows the account", () => {
  assertEquals(nickColor("Ann"), nickColor("aNN"));
  assertEquals(nickColor("ann_", "ann"), nickColor("ann"));
});
