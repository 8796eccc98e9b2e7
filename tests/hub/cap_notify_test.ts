/** CAP NEW and CAP DEL, to those who asked to be told. */
import { assertEquals } from "@std/assert";
import { announceGone, announceNew } from "../../lib/hub/cap_notify.ts";
import { startChat } from "../support/chat.ts";
import { granted } from "../support/permissions.ts";
import { heard, say } from "../support/transcript.ts";
import { visit } from "../support/visitor.ts";

const ignore = !granted("net");

Deno.test("what is new is told with its value to version 302, without to others who asked, to nobody else", {
  ignore,
}, async () => {
  await using chat = startChat();
  await using ann = await visit(chat.hub, "10.1.1.1", "ann", { caps: ["server-time"] });
  await using bob = await visit(chat.hub, "10.1.1.2", "bob");
  await using cat = await visit(chat.hub, "10.1.1.3", "cat");
  await say(bob, "CAP REQ cap-notify");
  announceNew(chat.hub, ["sasl=PLAIN,EXTERNAL", "batch"]);
  assertEquals(await heard(ann), [":chat.test CAP ann NEW :sasl=PLAIN,EXTERNAL batch"]);
  assertEquals(await heard(bob), [":chat.test CAP bob NEW :sasl batch"]);
  assertEquals(await heard(cat), []);
});

Deno.test("what is gone is told, and nobody has it any more", { ignore }, async () => {
  await using chat = startChat();
  await using ann = await visit(chat.hub, "10.1.1.1", "ann", { caps: ["setname", "chghost"] });
  announceGone(chat.hub, ["setname"]);
  assertEquals(await heard(ann), [":chat.test CAP ann DEL setname"]);
  assertEquals(await say(ann, "CAP LIST"), [":chat.test CAP ann LIST :cap-notify chghost"]);
});
