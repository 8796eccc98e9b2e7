/** The rights to send and delete files: bans, suspensions, guests who left, and uploads that run meanwhile. */
import { assertEquals } from "@std/assert";
import { registered } from "../../support/account.ts";
import { until } from "../../support/deadline.ts";
import { ann, fileSite, token } from "../../support/file_site.ts";
import { post } from "../../support/upload.ts";
import { granted } from "../../support/permissions.ts";

const ignore = !granted("net", "read", "write", "env");
const batch = { caps: ["batch"] };

async function answer(pending: Promise<Response>): Promise<[status: number, text: string]> {
  const { status, ...rest } = await pending.then(async (got) => ({
    status: got.status,
    text: await got.text(),
  }));
  return [status, rest.text.trim()];
}

const ban = (target: string) => ({
  kind: "server ban added",
  ban: { target, reason: "spam", by: "boss", atMs: Date.now() },
} as const);

Deno.test({
  name: "a person who is banned by address, account or nick sends no files, nor does a guest who left",
  ignore,
  async fn() {
    await using site = await fileSite();
    const guest = await site.chat.peer("bob", batch);
    const member = await registered(site.chat, "ann", batch);
    const [ofGuest, ofMember] = [await token(guest), await token(member)];
    const send = (bearer: string) => answer(post(site, bearer, "tea"));
    assertEquals([await send(ofGuest), await send(ofMember)], [[201, "Saved"], [201, "Saved"]]);
    const { serverBans } = site.chat.state;
    for (const target of ["127.0.0.1", "a:ann", "ann!*@*"]) {
      serverBans.add(ban(target).ban);
      assertEquals(await send(ofMember), [403, "You are banned from this server: spam"], target);
      serverBans.remove(target);
    }
    guest.send("QUIT");
    await guest.closed();
    assertEquals(await send(ofGuest), [403, "You are not connected to the chat any more"]);
    await site.chat.hub.commit({ kind: "account suspended", account: "ann", by: "boss", reason: "spam" });
    assertEquals((await send(ofMember))[0], 401);
  },
});

Deno.test({
  name: "a running upload ends when its sender is banned, and when it is too slow",
  ignore,
  async fn() {
    let late = 0;
    await using site = await fileSite({}, { monotonic: () => performance.now() + late });
    const people = site.chat.state.serverBans;
    const ends = [
      [() => late = 700_000, 408, "The file arrives too slowly; try again on a faster connection"],
      [() => people.add(ban("ann!*@*").ban), 403, "You are banned from this server: spam"],
    ] as const;
    const bearer = await ann(site);
    for (const [act, status, sentence] of ends) {
      const body = new ReadableStream<Uint8Array>({
        start: (controller) => controller.enqueue(new Uint8Array(10)),
      });
      let got: unknown;
      const pending = answer(post(site, bearer, body)).then((answered) => got = answered);
      await until(() => [...Deno.readDirSync(site.folder)].length === 1);
      act();
      await until(() => {
        site.routes.running.check();
        return got !== undefined;
      });
      assertEquals(await pending, [status, sentence]);
      assertEquals([...Deno.readDirSync(site.folder)], []);
    }
  },
});

Deno.test({
  name: "a sender over the rate is told when to try again",
  ignore,
  async fn() {
    await using site = await fileSite({ uploadRate: 0.1 });
    const bearer = await ann(site);
    assertEquals(await answer(post(site, bearer, "")), [201, "Saved"]);
    const refused = await post(site, bearer, "");
    assertEquals(
      [refused.status, Number(refused.headers.get("retry-after")) > 500, await refused.text()],
      [429, true, "You send files too fast: try again in 600 seconds\n"],
    );
  },
});
