/** Drafts by buffer. */
import { assertEquals } from "@std/assert";
import { Drafts } from "../../../lib/client/timeline/drafts.ts";

Deno.test("each buffer has its own draft, however its name is written", () => {
  const drafts = new Drafts();
  drafts.save("#Tea", "milk or lemon?");
  assertEquals(drafts.of("#tea"), "milk or lemon?");
  assertEquals(drafts.of("#den"), "");
});
