/** Limits of the number, the size and the rate of shared files. */
import { assert, assertEquals } from "@std/assert";
import type { Upload, UploadFault, UploadLimits } from "../../../lib/server/chat/upload_limits.ts";
import type { Chat } from "../../support/chat.ts";
import { registered } from "../../support/account.ts";
import { story } from "../../support/story.ts";

const near = "192.0.2.1";
const far = "198.51.100.1";

function limitsOf(chat: Chat): UploadLimits {
  return chat.state.uploads;
}

/** "ok", or the sentence of the refusal. An accepted upload stays open. */
function begin(chat: Chat, owner: string, address: string, bytes: number): string {
  const begun = limitsOf(chat).begin(owner, address, bytes);
  return isFault(begun) ? begun.sentence : "ok";
}

function isFault(begun: Upload | UploadFault): begun is UploadFault {
  return "sentence" in begun;
}

let ids = 0;

/** Commits a file as a machine that has just received it. */
function add(chat: Chat, owner: string, address: string, bytes: number): boolean {
  const id = String(++ids).padStart(22, "0");
  const origin = limitsOf(chat).originOf(address);
  const file = { id, name: "tea", type: "text/plain", bytes, owner, createdMs: Date.now(), origin };
  chat.hub.commit({ kind: "file added", file, limits: limitsOf(chat).limitsOf(owner) });
  return chat.state.store?.files.find(id) !== undefined;
}

story("a user and an address can send only so many files at once, and then again after a while", {
  settings: { uploadRate: 6 },
  startsAt: 0,
}, (chat) => {
  const send = (owner: string, address: string) => {
    const begun = limitsOf(chat).begin(owner, address, 1);
    if (isFault(begun)) return begun;
    begun.end();
  };
  const burst = (owner: string, address: string) => {
    let sent = 0;
    while (send(owner, address) === undefined) sent++;
    return sent;
  };
  assertEquals(burst("~ann", near), 60);
  assertEquals(send("~ANN", far)?.sentence, "You send files too fast: try again in 10 seconds");
  const others = Array.from({ length: 12 }, (_, at) => burst(`~bob${at}`, near));
  assertEquals(others.reduce((sum, count) => sum + count, 0), 540);
  chat.clock.nowMs += 10_000;
  assertEquals(send("~ann", far), undefined);
  assertEquals(send("~ann", far)?.kind, "too fast");
});

story(
  "a user has so many files, and one address ten times as many",
  { settings: { uploadFiles: 2 } },
  (chat) => {
    assert(add(chat, "~ann", near, 0) && add(chat, "~ann", near, 0));
    assertEquals(
      begin(chat, "~ann", far, 0),
      "You have 2 files, the most that this server keeps for one user: delete some",
    );
    assertEquals(add(chat, "~ann", far, 0), false);
    for (let at = 0; at < 18; at++) assert(add(chat, `~bob${at}`, near, 0));
    assertEquals(
      begin(chat, "~cat", near, 0),
      "20 files came from your address, the most that this server keeps: delete some",
    );
    assertEquals(begin(chat, "~cat", far, 0), "ok");
  },
);

story(
  "one address gets half of the space, guests and new accounts three quarters, old accounts and operators all",
  {
    settings: { uploadQuota: 400, uploadTotal: 1000 },
  },
  async (chat) => {
    for (const name of ["ann", "boss", "old"]) await registered(chat, name);
    const row = (name: string) => chat.state.accounts.find(name);
    const change = (name: string, changes: object) => {
      const found = row(name);
      if (found !== undefined) chat.state.store?.accounts.save({ ...found, ...changes });
    };
    change("boss", { role: "operator" });
    change("old", { createdMs: Date.now() - 25 * 3_600_000 });
    assert(add(chat, "ann", near, 400));
    assertEquals(
      begin(chat, "~bob", near, 101),
      "The files from your address leave 100 B of its 500 B: delete some of them, or tell the operator of this server",
    );
    assertEquals(begin(chat, "boss", near, 101), "ok");
    assert(add(chat, "~bob", far, 350));
    assertEquals(
      begin(chat, "~cat", "203.0.113.1", 1),
      "This server has 0 B left for files of guests and new accounts: try again later, or tell its operator",
    );
    assertEquals(add(chat, "~cat", "203.0.113.1", 1), false);
    assertEquals(begin(chat, "old", "203.0.113.1", 200), "ok");
    assert(add(chat, "old", "203.0.113.1", 200));
  },
);

story("a running upload reserves what has arrived and a little more, not what it announces", {
  settings: { uploadQuota: 100 * 1024 * 1024, uploadSize: 100 * 1024 * 1024 },
}, (chat) => {
  const megabyte = 1024 * 1024;
  const limits = limitsOf(chat);
  const first = limits.begin("~ann", near, 90 * megabyte);
  const second = limits.begin("~ann", near, 90 * megabyte);
  assert(!isFault(first) && !isFault(second));
  assertEquals(first.arrived(60 * megabyte), undefined);
  assertEquals(second.arrived(39 * megabyte), undefined);
  assertEquals(second.arrived(40 * megabyte)?.kind, "too large");
  first.end();
  first.end();
  assertEquals(second.arrived(90 * megabyte), undefined);
  second.end();
  assertEquals(begin(chat, "~ann", near, 100 * megabyte), "ok");
  for (let at = 1; at < 10; at++) assertEquals(begin(chat, "~ann", near, 0), "ok");
  assertEquals(
    begin(chat, "~ann", near, 0),
    "Too many of your files are being sent: wait until one has arrived",
  );
});
