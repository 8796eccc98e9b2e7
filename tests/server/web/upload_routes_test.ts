/** Sharing files: uploads and their refusals, the stored files, downloads, and attacks. */
import { assert, assertEquals, assertMatch } from "@std/assert";
import { UploadRoutes } from "../../../lib/server/web/upload_routes.ts";
import { UploadFolder } from "../../../lib/server/web/upload_folder.ts";
import { password, registered } from "../../support/account.ts";
import { granted } from "../../support/permissions.ts";
import type { Peer } from "../../support/peer.ts";
import { ann, fileSite, token } from "../../support/file_site.ts";
import { post } from "../../support/upload.ts";
import type { Site } from "../../support/site.ts";
import { onSmallDisk, smallDisk } from "../../support/small_disk.ts";

const ignore = !granted("net", "read", "write", "env");

Deno.test({ name: "an upload by an IRC app: OPTIONS, POST, 201, Location, GET", ignore, fn: upload });
Deno.test({ name: "ISUPPORT contains the address for uploads", ignore, fn: isupport });
Deno.test({
  name: "uploads without a token, with a forged or with an expired one are refused",
  ignore,
  fn: refused,
});
Deno.test({
  name: "a file over the size limit or over its owner's quota is not stored",
  ignore,
  fn: limits,
});
Deno.test({ name: "a part of a file can be requested", ignore, fn: ranges });
Deno.test({ name: "a file that could run as a page of this site is a download", ignore, fn: harmless });
Deno.test({ name: "a text file opens in the browser, as UTF-8", ignore, fn: plainText });
Deno.test({
  name: "a file is deleted with the message in which its owner shared it",
  ignore,
  fn: withMessage,
});
Deno.test({
  name: "a message that only repeats the address of a file does not delete it",
  ignore,
  fn: repeated,
});
Deno.test({ name: "the files of a deleted account are deleted", ignore, fn: withAccount });
Deno.test({
  name: "while the other machines cannot be reached, uploads and downloads say so before anything is read",
  ignore,
  fn: cutOff,
});
Deno.test({
  name: "an upload to a full disk is refused in words and leaves nothing",
  ignore: ignore || onSmallDisk.ignore,
  fn: fullDisk,
});
Deno.test({ name: "names and ids cannot leave the folder", ignore, fn: traversal });
Deno.test({ name: "old files and incomplete files of a crash are deleted", ignore, fn: prune });

async function fullDisk(): Promise<void> {
  await using site = await fileSite();
  using disk = smallDisk();
  const bearer = await ann(site);
  disk.fill();
  const refused = await post(site, bearer, "x".repeat(5000));
  const answer = [refused.status, await refused.text()];
  disk.freeSpace();
  assertEquals(answer, [507, "The disk of the server is full: try again later, or tell its operator\n"]);
  assertEquals([...Deno.readDirSync(site.folder)], []);
  const accepted = await post(site, bearer, "x".repeat(5000));
  assertEquals([accepted.status, await accepted.text()], [201, "Saved\n"]);
}

async function upload(): Promise<void> {
  await using site = await fileSite();
  const options = await fetch(`${site.origin}/upload`, { method: "OPTIONS" });
  assertEquals([options.status, options.headers.get("allow")], [204, "OPTIONS, POST"]);
  assertMatch(options.headers.get("upload-limit") ?? "", /^max-size=\d+$/);
  await options.body?.cancel();
  const headers = {
    "content-type": "image/png",
    "content-disposition": 'attachment; filename="tea cup.png"',
  };
  const posted = await post(site, await ann(site), "not really a png", headers);
  assertEquals([posted.status, await posted.text()], [201, "Saved\n"]);
  const location = posted.headers.get("location") ?? "";
  assertMatch(location, /^\/files\/[A-Za-z0-9_-]{22}\/tea%20cup\.png$/);
  const got = await fetch(site.origin + location);
  assertEquals(await got.text(), "not really a png");
  assertEquals(got.headers.get("content-type"), "image/png");
  assertEquals(
    got.headers.get("content-security-policy"),
    "default-src 'none'; img-src 'self'; media-src 'self'; style-src 'unsafe-inline'; sandbox allow-same-origin",
  );
  const again = await fetch(site.origin + location, {
    headers: { "if-none-match": got.headers.get("etag") ?? "" },
  });
  assertEquals([again.status, await again.text()], [304, ""]);
  const head = await fetch(site.origin + location, { method: "HEAD" });
  assertEquals([head.status, head.headers.get("content-length")], [200, "16"]);
}

async function isupport(): Promise<void> {
  await using site = await fileSite();
  const peer = await site.chat.peer("bob", { register: false });
  peer.send("CAP REQ batch", "NICK bob", "USER bob 0 * :Bob", "CAP END");
  const all = (await peer.lines()).join(" ");
  for (const name of ["soju.im/FILEHOST", "draft/FILEHOST"]) {
    assert(all.includes(`${name}=${site.origin}/upload`), all);
  }
}

async function refused(): Promise<void> {
  let late = 0;
  await using site = await fileSite({}, { now: () => Date.now() + late });
  const good = await ann(site);
  const none = await fetch(`${site.origin}/upload`, { method: "POST", body: "x" });
  assertEquals(none.status, 401);
  assertMatch(await none.text(), /^Send an account name and password/);
  for (const bad of ["x", "a.b.c", good.replace(/^./, "_"), `${good}x`]) {
    const answer = await post(site, bad, "x");
    assertEquals([answer.status, await answer.text()], [
      401,
      "The token is wrong or expired; get a new one with TOKEN GENERATE FILEHOST\n",
    ]);
  }
  late = 11 * 60_000;
  const old = await post(site, good, "x");
  assertEquals(old.status, 401);
  await old.body?.cancel();
}

async function limits(): Promise<void> {
  await using site = await fileSite({ uploadSize: 1000, uploadQuota: 1500 });
  const bearer = await ann(site);
  const tooLarge = await post(site, bearer, "x".repeat(1001));
  assertEquals(await tooLarge.text(), "This server takes files up to 1 kB\n");
  const statuses: number[] = [];
  const unannounced = () => ReadableStream.from(Array.from({ length: 5 }, () => new Uint8Array(400)));
  for (const body of ["x".repeat(1001), unannounced(), "x".repeat(1000), "x".repeat(501), "x".repeat(500)]) {
    const answer = await post(site, bearer, body).catch(() => undefined);
    statuses.push(answer?.status ?? 413);
    await answer?.body?.cancel();
  }
  assertEquals(statuses, [413, 413, 201, 413, 201]);
  const full = await post(site, bearer, "x");
  assertEquals(
    await full.text(),
    "Your files leave 0 B of your 2 kB: delete messages with files to get space\n",
  );
  assertEquals([...Deno.readDirSync(site.folder)].length, 2);
}

async function ranges(): Promise<void> {
  await using site = await fileSite();
  const posted = await post(site, await ann(site), "0123456789");
  await posted.body?.cancel();
  const url = site.origin + posted.headers.get("location");
  const asked = [["bytes=2-4", 206, "234"], ["bytes=7-", 206, "789"], ["bytes=-3", 206, "789"], [
    "lines=1",
    200,
    "0123456789",
  ]];
  for (const [range, status, text] of asked) {
    const answer = await fetch(url, { headers: { range: String(range) } });
    assertEquals([answer.status, await answer.text()], [status, text]);
  }
  const outside = await fetch(url, { headers: { range: "bytes=10-" } });
  assertEquals([outside.status, outside.headers.get("content-range")], [416, "bytes */10"]);
  await outside.body?.cancel();
  const modified = outside.headers.get("last-modified") ?? "";
  const conditions: [Record<string, string>, number][] = [
    [{ "range": "bytes=2-4", "if-range": '"old"' }, 200],
    [{ "range": "bytes=2-4", "if-range": modified }, 206],
    [{ "if-none-match": `"old", W/"${url.split("/").at(-2)}"` }, 304],
    [{ "if-modified-since": modified }, 304],
    [{ "if-match": '"old"' }, 412],
    [{ "service-worker": "script" }, 403],
  ];
  for (const [headers, status] of conditions) {
    const answer = await fetch(url, { headers });
    await answer.body?.cancel();
    assertEquals(answer.status, status, JSON.stringify(headers));
  }
}

async function harmless(): Promise<void> {
  await using site = await fileSite();
  const bearer = await ann(site);
  for (const type of ["text/html", "image/svg+xml", "text/javascript", "application/pdf", "nonsense"]) {
    const posted = await post(site, bearer, "<script>alert(1)</script>", { "content-type": type });
    await posted.body?.cancel();
    const got = await fetch(site.origin + posted.headers.get("location"));
    await got.body?.cancel();
    assertMatch(got.headers.get("content-disposition") ?? "", /^attachment;/, type);
    assertEquals(got.headers.get("content-type"), "application/octet-stream");
    assertEquals(got.headers.get("x-content-type-options"), "nosniff");
  }
}

async function plainText(): Promise<void> {
  await using site = await fileSite();
  const got = await fetch(await share(site, await ann(site), { "content-type": "text/plain;charset=utf-8" }));
  assertEquals(await got.text(), "tea");
  assertEquals(got.headers.get("content-type"), "text/plain; charset=utf-8");
  assertMatch(got.headers.get("content-disposition") ?? "", /^inline;/);
}

/** Uploads a file; the result is its address. */
async function share(site: Site, bearer: string, headers: Record<string, string> = {}): Promise<string> {
  const posted = await post(site, bearer, "tea", headers);
  await posted.body?.cancel();
  return site.origin + posted.headers.get("location");
}

async function status(address: string): Promise<number> {
  const answer = await fetch(address);
  await answer.body?.cancel();
  return answer.status;
}

const speaks = { caps: ["batch", "echo-message", "message-tags", "draft/message-redaction"] };

/** Says it; the result is the id of the message. */
async function say(peer: Peer, target: string, text: string): Promise<string> {
  peer.send(`PRIVMSG ${target} :${text}`);
  return /msgid=([^; ]+)/.exec((await peer.lines()).at(-1) ?? "")?.[1] ?? "";
}

async function withMessage(): Promise<void> {
  await using site = await fileSite();
  const peer = await site.chat.peer("ann", speaks);
  peer.send("JOIN #tea");
  const address = await share(site, await token(peer));
  for (const target of ["#tea", "ann"]) {
    const file = await share(site, await token(peer));
    const id = await say(peer, target, `see ${file} and ${address}.`);
    assertEquals(await status(file), 200);
    peer.send(`REDACT ${target} ${id}`);
    await peer.lines();
    assertEquals([await status(file), await status(address)], [404, 404]);
  }
  assertEquals([...Deno.readDirSync(site.folder)], []);
}

async function repeated(): Promise<void> {
  await using site = await fileSite();
  const peer = await site.chat.peer("ann", speaks);
  const bob = await site.chat.peer("bob", speaks);
  peer.send("JOIN #tea");
  await peer.lines();
  bob.send("JOIN #tea", "JOIN #den");
  await bob.lines();
  const address = await share(site, await token(peer));
  const early = await say(bob, "#den", `look at ${address}`);
  const first = await say(peer, "#tea", address);
  const later = await say(peer, "#tea", `again: ${address}`);
  bob.send(`REDACT #den ${early}`);
  await bob.lines();
  peer.send(`REDACT #tea ${later}`);
  await peer.lines();
  assertEquals(await status(address), 200);
  peer.send(`REDACT #tea ${first}`);
  await peer.lines();
  assertEquals(await status(address), 404);
}

async function withAccount(): Promise<void> {
  await using site = await fileSite();
  const peer = await registered(site.chat, "ann", speaks);
  const bob = await site.chat.peer("bob", speaks);
  const [address, kept] = [await share(site, await token(peer)), await share(site, await token(bob))];
  peer.send(`ACCOUNT DELETE ${password}`);
  await peer.lines();
  assertEquals([await status(address), await status(kept)], [404, 200]);
}

async function traversal(): Promise<void> {
  await using site = await fileSite();
  const bearer = await ann(site);
  const names = ["../../etc/passwd", "..\\..\\boot.ini", "a\0b", "....", "CON", "%2e%2e%2fx", "‮gpj.exe"];
  for (const name of names) {
    const posted = await post(site, bearer, "x", {
      "content-disposition": `attachment; filename*=UTF-8''${encodeURIComponent(name)}`,
    });
    await posted.body?.cancel();
    assertMatch(posted.headers.get("location") ?? "", /^\/files\/[A-Za-z0-9_-]{22}\/[^/]+$/);
  }
  assertEquals(
    [...Deno.readDirSync(site.folder)].every(({ name }) => /^[A-Za-z0-9_-]{22}$/.test(name)),
    true,
  );
  for (
    const path of ["/files/..%2f..%2fetc%2fpasswd", "/files/../../etc/passwd", `/files/${"A".repeat(22)}/x`]
  ) {
    const answer = await fetch(site.origin + path);
    await answer.body?.cancel();
    assertEquals(answer.status, 404, path);
  }
}

async function cutOff(): Promise<void> {
  const failure = Object.assign(new Error("for the log"), { sentence: "Cannot share it now", isFull: false });
  const fail = () => Promise.reject(failure);
  const away = { put: fail, read: fail, has: fail, remove: fail, olderThan: fail, removeOrphans: fail };
  await using site = await fileSite({}, {}, { failure, ...away });
  const posted = await post(site, await ann(site), "x".repeat(100_000));
  assertEquals([posted.status, await posted.text()], [503, "Cannot share it now\n"]);
  assertEquals([...Deno.readDirSync(site.folder)], []);
  const file = {
    id: "a".repeat(22),
    name: "tea.png",
    type: "image/png",
    bytes: 5,
    owner: "ann",
    createdMs: 0,
  };
  site.chat.state.store?.files.save(file);
  const got = await fetch(`${site.origin}/files/${file.id}/tea.png`);
  const sentence =
    "The server cannot load this file from the other servers now, or has no space for it; try again later\n";
  assertEquals([got.status, await got.text()], [503, sentence]);
}

async function prune(): Promise<void> {
  let [late, ahead] = [0, 0];
  await using site = await fileSite({ uploadKeep: 3_600_000 }, {
    now: () => Date.now() + late + ahead,
    monotonic: () => performance.now() + late,
  });
  const token = await ann(site);
  // A file that is sent while the clock is behind is not old when the clock is right.
  ahead = -1e10;
  const posted = await post(site, token, "x");
  await posted.body?.cancel();
  ahead = 0;
  await Deno.writeTextFile(`${site.folder}/half.part`, "half");
  await site.routes.files.prune();
  assertEquals([...Deno.readDirSync(site.folder)].length, 2);
  // A clock that is set ahead deletes nothing; time that passes does.
  ahead = 1e10;
  await site.routes.files.prune();
  assertEquals([...Deno.readDirSync(site.folder)].length, 2);
  ahead = 0;
  late = 3_700_000;
  await site.routes.files.prune();
  new UploadRoutes(site.chat.hub, new UploadFolder(site.folder));
  assertEquals([...Deno.readDirSync(site.folder)], []);
  const missing = await fetch(site.origin + posted.headers.get("location"));
  assertEquals([missing.status, await missing.text()], [404, "This file does not exist or has expired\n"]);
}
