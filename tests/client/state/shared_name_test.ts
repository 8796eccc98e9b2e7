import { assertEquals } from "@std/assert";
import { sharedName } from "../../../lib/client/state/shared_name.ts";

Deno.test("sharedName() gives the same text, however many names and however long they are", () => {
  const names = ["", "bob", "Bob", "é".repeat(60), "x".repeat(200)];
  for (let round = 0; round < 3_000; round++) sharedName(`:name${round}!`.slice(1, -1));
  for (const name of [...names, ...names]) assertEquals(sharedName(`:${name}!`.slice(1, -1)), name);
});
