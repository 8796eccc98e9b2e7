/** Drafts by buffer. */
import { assertEquals } from "@std/assert";
import { Drafts } from "../../../lib/client/timeline/drafts.ts";

Deno.test("each buffer has its own draft, however its name is written", () => {
  const drafts = new Drafts();
  drafts.save("#Tea", "milk or lemon?");
  assertEquals(drafts.of("#tea"), "milk or lemon?");
  assertEquals(drafts.of("#den"), "");
});

Deno.test("a draft follows a person to another nick, and no draft is lost", () => {
  const drafts = new Drafts();
  drafts.save("ann", "one");
  drafts.rename("Ann", "anna");
  assertEquals([drafts.of("ann"), drafts.of("anna")], ["", "one"]);
  drafts.save("cat", "two");
  drafts.rename("cat", "anna");
  drafts.rename("nobody", "anna");
  assertEquals(drafts.of("anna"), "two\none");
});

Deno.test("drafts are read with the name of their person, also those of an older version", () => {
  const drafts = new Drafts();
  drafts.person = "ann";
  drafts.save("bob", "secret");
  const written = drafts.write();
  const read = new Drafts();
  read.read(written);
  assertEquals([read.person, read.of("bob")], ["ann", "secret"]);
  const older = new Drafts();
  older.read('[["bob","secret"]]');
  assertEquals([older.person, older.of("bob")], ["", "secret"]);
});
