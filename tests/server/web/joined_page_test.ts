/** The joined page: the same modules in one script, addresses that name their content, compression, and the page without it. */
import { assert, assertEquals, assertMatch, assertRejects } from "@std/assert";
import { JoinedPage, joinPage } from "../../../lib/server/web/joined_page.ts";
import { pageAsset } from "../../../lib/server/web/page_assets.ts";
import { encodingFor } from "../../../lib/server/web/page_answer.ts";
import { readPageSources } from "../../../lib/server/web/page_sources.ts";
import { granted } from "../../support/permissions.ts";
import { startSite } from "../../support/site.ts";

Deno.test({
  name: "the page is one script and one style sheet, with the same modules, in addresses that never change",
  ignore: !granted("net", "read", "env"),
  async fn() {
    const faults: string[] = [];
    const page = new JoinedPage((fault) => faults.push(fault));
    await page.ready();
    assertEquals(faults, []);
    await using site = startSite({}, { page });
    const html = await text(`${site.origin}/join`);
    const addresses = [...html.matchAll(/(?:href|src)="(lib\/[^"]+)"/g)].map(([, path = ""]) => path);
    assertEquals(addresses.filter((path) => !/\?[\w-]{22}$/.test(path)), []);
    const script = addresses.find((path) => path.includes("joined.js")) ?? "";
    const sizes = await Promise.all(addresses.map((path) => checkUnchanging(`${site.origin}/${path}`)));
    const all = sizes.reduce((sum, size) => sum + size, html.length);
    assert(new Set(addresses).size <= 5 && all < 120_000, `${addresses} have ${all} bytes`);
    assertEquals(modulesOf(await text(`${site.origin}/lib/client/page/joined.json`)), modulesInHead());
    // An older page, or a newer one, gets what there is.
    const other = await fetch(`${site.origin}/${script.split("?")[0]}?older`);
    assertEquals([other.status, other.headers.get("cache-control")], [200, "no-cache"]);
    await other.body?.cancel();
    assertMatch(await text(`${site.origin}/?modules`), /modulepreload/);
    await page.close();
  },
});

Deno.test({
  name: "a page is not joined while few file descriptors are free, because Deno would end the server",
  ignore: !granted("run", "read") || Deno.build.os === "windows",
  async fn() {
    const joinedPage = new URL("../../../lib/server/web/joined_page.ts", import.meta.url).href;
    const program = `
      const { joinPage } = await import("${joinedPage}");
      const files = [];
      try {
        for (;;) files.push(Deno.openSync("/dev/null"));
      } catch {}
      for (const file of files.splice(0, 2)) file.close();
      await joinPage(new Map(), new AbortController().signal).catch((error) => console.log(error.message));`;
    const { stdout } = await new Deno.Command("sh", {
      args: ["-c", 'ulimit -n 100 && exec "$0" eval "$1"', Deno.execPath(), program],
      stderr: "null",
    }).output();
    assertEquals(new TextDecoder().decode(stdout), "too few file descriptors are free\n");
  },
});

/** Checks the headers of such an address; gives the bytes on the wire. */
async function checkUnchanging(address: string): Promise<number> {
  const answer = await fetch(address, { headers: { "accept-encoding": "gzip" } });
  await answer.body?.cancel();
  const { headers } = answer;
  assertEquals([answer.status, headers.get("cache-control"), headers.get("vary")], [
    200,
    "public, max-age=31536000, immutable",
    "accept-encoding",
  ]);
  const again = await fetch(address, {
    headers: { "accept-encoding": "gzip", "if-none-match": headers.get("etag") ?? "" },
  });
  assertEquals(again.status, 304);
  const plain = await fetch(address, { headers: { "accept-encoding": "identity" } });
  assert(plain.headers.get("etag") !== headers.get("etag"));
  await plain.body?.cancel();
  return Number(headers.get("content-length"));
}

async function text(address: string): Promise<string> {
  return await (await fetch(address)).text();
}

function modulesOf(json: string): string[] {
  return JSON.parse(json);
}

/** Those that the page has without being joined, and those that it loads later. */
function modulesInHead(): string[] {
  const html = new TextDecoder().decode(pageAsset("/")?.body);
  const paths = [...html.matchAll(/modulepreload" href="([^"]+)"/g)].map(([, path = ""]) => `/${path}`);
  return [...paths, "/lib/irc/plain_digest.ts"].sort();
}

Deno.test({
  name: "a page that cannot be joined says why, and has its modules one by one",
  permissions: { read: false },
  async fn() {
    const faults: string[] = [];
    const page = new JoinedPage((fault) => faults.push(fault));
    await page.ready();
    assertMatch(faults.join(), /read access/);
    assertEquals(page.asset("/"), undefined);
    await page.close();
  },
});

Deno.test({
  name: "the joining of a page that is closed is not waited for",
  ignore: !granted("net", "read", "env"),
  async fn() {
    const closed = new AbortController();
    const joining = joinPage(await readPageSources(), closed.signal);
    closed.abort(new Error("the page was closed"));
    await assertRejects(() => joining, Error, "the page was closed");
  },
});

Deno.test("the coding of an answer is the best that the browser takes", () => {
  const cases: readonly (readonly [accepted: string, coding: "br" | "gzip" | undefined])[] = [
    ["", undefined],
    ["gzip, deflate, br, zstd", "br"],
    ["gzip, deflate", "gzip"],
    ["br;q=0, gzip;q=0.5", "gzip"],
    ["*", "br"],
    ["identity", undefined],
    ["*;q=0", undefined],
  ];
  assertEquals(cases.map(([accepted]) => encodingFor(accepted)), cases.map(([, coding]) => coding));
});
