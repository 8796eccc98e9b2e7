/** FILES: the list of one's files, and deleting them; what operators can do. DELETE over HTTP has the same rules. */
import { assertEquals, assertMatch } from "@std/assert";
import { afterReset } from "../../../lib/server/chat/account_acts.ts";
import { password, registered } from "../../support/account.ts";
import { until } from "../../support/deadline.ts";
import { fileSite, token } from "../../support/file_site.ts";
import { post } from "../../support/upload.ts";
import type { Peer } from "../../support/peer.ts";
import { granted } from "../../support/permissions.ts";
import type { Site } from "../../support/site.ts";

const ignore = !granted("net", "read", "write", "env");
const caps = { caps: ["batch", "standard-replies"] };

async function share(site: Site, person: Peer, name = "tea.txt"): Promise<string> {
  const headers = { "content-disposition": `attachment; filename="${name}"` };
  const answer = await post(site, await token(person), "tea", headers);
  await answer.body?.cancel();
  return site.origin + answer.headers.get("location");
}

/** The codes and last words of the answers. */
async function answers(person: Peer, line: string): Promise<string[]> {
  person.send(line);
  return (await person.lines()).map((one) => one.replace(/^:\S+ /, "").replace(/\d{4}-.* UTC/, "TIME"));
}

async function status(address: string, authorization?: string, method = "GET"): Promise<number> {
  const answer = await fetch(address, { method, ...(authorization && { headers: { authorization } }) });
  await answer.body?.cancel();
  return answer.status;
}

Deno.test({
  name: "a person lists and deletes their own files, and nobody else's",
  ignore,
  async fn() {
    await using site = await fileSite();
    const ann = await registered(site.chat, "ann", caps);
    const bob = await site.chat.peer("bob", caps);
    const [first, second] = [await share(site, ann), await share(site, ann, "cup.txt")];
    const other = await share(site, bob);
    const [firstId, secondId, otherId] = [first, second, other].map((one) => one.split("/").at(-2) ?? "");
    assertEquals(await answers(ann, "FILES"), [
      `NOTE FILES LISTED ${firstId} :${site.origin}/files/${firstId} tea.txt, 3 B, TIME, in no message`,
      `NOTE FILES LISTED ${secondId} :${site.origin}/files/${secondId} cup.txt, 3 B, TIME, in no message`,
      "NOTE FILES LIST_END 2 :2 files of ann, 6 B; 1.1 GB left for the next one",
    ]);
    assertEquals(await answers(ann, `FILES DELETE ${first}`), [
      `NOTE FILES DELETED ${firstId} :Deleted tea.txt`,
    ]);
    assertEquals(await answers(ann, `FILES DELETE ${firstId}`), [
      `FAIL FILES NO_SUCH_FILE ${firstId} :There is no such file: give its address, or the id in it`,
    ]);
    assertEquals(await answers(ann, `FILES DELETE ${other}`), [
      `FAIL FILES NOT_YOUR_FILE ${otherId} :You can delete only your own files`,
    ]);
    assertMatch((await answers(ann, `FILES DELETE ${otherId?.slice(0, 8)}`)).join(), /NO_SUCH_FILE/);
    for (const line of ["FILES LIST bob", "FILES PURGE bob"]) {
      assertMatch((await answers(ann, line)).join(), /^481 /);
    }
    assertEquals([await status(first), await status(second), await status(other)], [404, 200, 200]);
    const [annToken, bobToken] = [`Bearer ${await token(ann)}`, `Bearer ${await token(bob)}`];
    assertEquals(await status(second, undefined, "DELETE"), 401);
    assertEquals(await status(second, bobToken, "DELETE"), 403);
    assertEquals(await status(other, bobToken, "DELETE"), 204);
    assertEquals(await status(second, `Basic ${btoa(`ann:${password}`)}`, "DELETE"), 204);
    assertEquals(await status(second, annToken, "DELETE"), 404);
    await until(() => [...Deno.readDirSync(site.folder)].length === 0);
    // An operator who sets the password does not get the addresses of what the account shared before.
    await share(site, ann, "secret.txt");
    const stamp = site.chat.state.stampNow() + 10_000_000;
    const row = site.chat.state.accounts.find("ann");
    if (row !== undefined) site.chat.state.store?.accounts.save(afterReset(row, row.verifier, "root", stamp));
    assertEquals((await answers(ann, "FILES")).join().match(/http|secret/g), null);
  },
});

Deno.test({
  name:
    "the files of a guest stay its own after the login, and are not those of a later user with the same id",
  ignore,
  async fn() {
    let late = 0;
    await using site = await fileSite({}, { now: () => Date.now() + late });
    const { state } = site.chat;
    const bob = await site.chat.peer("bob", caps);
    const [first, second] = [await share(site, bob), await share(site, bob, "cup.txt")];
    bob.send(`PRIVMSG bob :${second}`);
    await bob.lines();
    const { id: user = "", host = "" } = state.find("bob") ?? {};
    const [row] = state.store?.files.ofOwner(`~${host}`) ?? [];
    // As a file from before a restart, when another guest of this address had the id.
    if (row !== undefined) state.store?.files.save({ ...row, id: "e".repeat(22), user, createdMs: 1e12 });
    assertMatch((await answers(bob, "FILES")).at(-1) ?? "", /LIST_END 2 :2 files/);
    assertMatch((await answers(bob, `FILES DELETE ${"e".repeat(22)}`)).join(), /NOT_YOUR_FILE/);
    const old = `${site.origin}/files/${"e".repeat(22)}/x`;
    assertEquals(await status(old, `Bearer ${await token(bob)}`, "DELETE"), 403);
    bob.send(`REGISTER bob * ${password}`);
    await until(() => state.find("bob")?.account === "bob");
    await bob.lines();
    // A file that is in no message goes after a day, the other one stays.
    late = 25 * 3_600_000;
    await site.routes.files.prune();
    assertEquals([await status(first), await status(second)], [404, 200]);
    assertMatch((await answers(bob, `FILES DELETE ${second}`)).join(), /Deleted cup.txt/);
  },
});

Deno.test({
  name:
    "an operator lists, deletes and purges the files of others, as long as they are operator, and AUDIT knows it",
  ignore,
  async fn() {
    await using site = await fileSite();
    const boss = await registered(site.chat, "boss", caps);
    const bob = await site.chat.peer("bob", caps);
    const addresses = [];
    for (let at = 0; at < 4; at++) addresses.push(await share(site, bob));
    const [first = "", second = "", third = ""] = addresses;
    const role = (name: string) =>
      site.chat.hub.commit({ kind: "role set", account: "boss", role: name, by: "ann" } as never);
    await role("operator");
    boss.send("FILES LIST bob");
    const listed = await boss.lines();
    assertMatch(listed.at(-1) ?? "", /LIST_END 4 :4 files of ~bob\.localhost, 12 B$/);
    // The address would let the operator read what bob shared in private.
    const starts = addresses.map((address) => address.split("/").at(-2)?.slice(0, 8));
    assertEquals(listed.flatMap((line) => / LISTED (\S+) /.exec(line)?.[1] ?? []), starts);
    assertEquals(listed.join().match(/http|tea/g), null);
    assertMatch((await answers(boss, `FILES DELETE ${starts[0]}`)).join(), / DELETED .*Deleted the file$/);
    assertEquals(await status(second, `Bearer ${await token(boss)}`, "DELETE"), 204);
    assertEquals([await status(first), await status(second), await status(third)], [404, 404, 200]);
    const acts = (await answers(boss, "AUDIT FILE_DELETED")).filter((line) => /LISTED/.test(line));
    assertEquals(
      acts.map((line) => /FILE_DELETED (\S+)/.exec(line)?.[1]),
      [first, second].map((one) => `${one.split("/").at(-2)?.slice(0, 8)}…`),
    );
    assertMatch((await answers(boss, "FILES PURGE bob")).join(), /PURGED ~bob\.localhost :Deleted 2 files/);
    const late = await share(site, bob);
    await role("");
    assertEquals(await status(late, `Bearer ${await token(boss)}`, "DELETE"), 403);
    assertMatch((await answers(boss, `FILES DELETE ${late}`)).join(), /NOT_YOUR_FILE/);
    assertEquals(await status(late), 200);
  },
});
