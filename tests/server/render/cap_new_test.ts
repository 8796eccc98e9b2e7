/** CAP NEW, for clients with cap-notify. */
import { assertEquals } from "@std/assert";
import type { ReloadableFiles } from "../../../lib/server/chat/chat_options.ts";
import { story } from "../../support/story.ts";
import { ask, receive } from "../../support/transcript.ts";

const files: ReloadableFiles[] = [{ password: "open sesame" }, { password: "open sesame" }, {}];

story(
  "clients with cap-notify get CAP NEW for a capability that REHASH changes; only version 302 gets its value",
  { reread: () => files.shift() ?? {} },
  async (chat) => {
    const ann = await chat.peer("ann", { caps: ["server-time"] });
    const bob = await chat.peer("bob");
    const cat = await chat.peer("cat");
    await ask(bob, "CAP REQ cap-notify");
    chat.hub.rehash();
    assertEquals(await receive(ann), [":chat.test CAP ann NEW draft/account-registration"]);
    chat.hub.rehash();
    assertEquals(await receive(ann), []);
    chat.hub.rehash();
    assertEquals(await receive(ann), [":chat.test CAP ann NEW draft/account-registration=before-connect"]);
    const answer = ":chat.test CAP bob NEW draft/account-registration";
    assertEquals(await receive(bob), [answer, answer]);
    assertEquals(await receive(cat), []);
  },
);
