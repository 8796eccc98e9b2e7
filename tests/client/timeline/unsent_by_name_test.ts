import { assertEquals } from "@std/assert";
import type { OutgoingMessage } from "../../../lib/client/state/outgoing.ts";
import { unsentOf, withUnsent } from "../../../lib/client/timeline/unsent_by_name.ts";

function message(text: string): OutgoingMessage {
  return {
    key: "out-1",
    target: "#tea",
    manner: "message",
    text,
    at: 1_000,
    status: "unsent",
    reason: "",
    isUnsure: true,
    isShown: false,
  };
}

Deno.test("unsent messages wait for the name that wrote them", () => {
  const ofAnn = withUnsent("", "ann", [message("hello")]);
  const ofBoth = withUnsent(withUnsent(ofAnn, "bob", []), "bob", [message("hi")]);
  assertEquals(unsentOf(ofBoth, "Ann").map(({ text }) => text), ["hello"]);
  assertEquals(unsentOf(ofBoth, "bob").map(({ text }) => text), ["hi"]);
  assertEquals(unsentOf(ofBoth, "cat"), []);
  assertEquals(withUnsent(withUnsent(ofBoth, "ann", []), "bob", []), "");
});

Deno.test("other stored text has no unsent messages", () => {
  for (const stored of ["", "x", "null", "{}", "[1]", '[{"nick":"ann","outgoing":[{"target":1}]}]']) {
    assertEquals(unsentOf(stored, "ann"), []);
  }
});
