import { assertEquals } from "@std/assert";
import { RecentMessages } from "../../../lib/client/state/recent_messages.ts";
import { sampleMessage } from "./sample_message.ts";

const said = { ...sampleMessage, at: 1 };
const by = { nick: "ann" };

function redacted(id: string, buffer = "#tea") {
  return { kind: "redacted", buffer, id, by, own: false, reason: "", at: 2 } as const;
}

Deno.test("a deleted message is not found, also when it comes after its deletion", () => {
  const recent = new RecentMessages();
  recent.add({ ...said, id: "a1" });
  recent.add(redacted("a1"));
  recent.add({ ...said, id: "a1" });
  recent.add(redacted("a2"));
  assertEquals(recent.isDeleted({ ...said, id: "a2" }), true);
  recent.add({ ...said, id: "a2" });
  assertEquals([recent.find("a1"), recent.find("a2"), recent.last("#tea", "others")], [
    undefined,
    undefined,
    undefined,
  ]);
});

Deno.test("a deletion in another buffer than that of the message means nothing", () => {
  const recent = new RecentMessages();
  recent.add({ ...said, id: "a1" });
  recent.add(redacted("a1", "#den"));
  assertEquals(recent.find("a1")?.text, "hello");
  assertEquals(recent.isDeleted({ ...said, id: "a1" }), false);
});

Deno.test("messages are found under the new nick of their author, and not under the old one", () => {
  const recent = new RecentMessages();
  recent.add({ ...said, id: "a1" });
  recent.add({ ...said, id: "a2", buffer: "ann", to: "bob", direct: true });
  recent.add(redacted("a3", "ann"));
  recent.add({ kind: "renamed", buffers: ["#tea"], who: by, own: false, to: "anna", at: 3 });
  assertEquals(recent.last("#tea", { nick: "anna" })?.id, "a1");
  assertEquals(recent.last("#tea", { nick: "ann" }), undefined);
  assertEquals(recent.last("anna", "others")?.id, "a2");
  assertEquals(recent.isDeleted({ ...said, buffer: "anna", id: "a3" }), true);
});
