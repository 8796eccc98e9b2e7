/**
 * The files of the page: everything the browser requests exists, nothing else does, and a compiled program contains
 * all.
 */
import { assert, assertEquals } from "@std/assert";
import { faultIn, programs } from "../../../.ci/compile.ts";
import { pageAsset } from "../../../lib/server/web/page_assets.ts";
import { granted } from "../../support/permissions.ts";

const ignore = !granted("read");

/** Every path the page needs, found like a browser finds them. */
function reached(): Set<string> {
  const found = new Set<string>();
  const waiting = ["/"];
  for (let path = waiting.pop(); path !== undefined; path = waiting.pop()) {
    if (found.has(path)) continue;
    found.add(path);
    const made = pageAsset(path);
    assert(made !== undefined, `${path} is not served`);
    const text = new TextDecoder().decode(made.body);
    const names = made.type.startsWith("text/html")
      ? text.matchAll(/(?:href|src)="(lib\/[^"]+)"/g)
      : made.type.startsWith("text/javascript")
      ? text.matchAll(/^(?:import|export)\b[^;]*?from "([^"]+)"|\bimport\("([^"]+)"\)/gm)
      : [];
    for (const [, from, bare] of names) {
      waiting.push(new URL(from ?? bare ?? "", `http://host${path}`).pathname);
    }
  }
  return found;
}

Deno.test({
  name: "every import of the page is served, without types",
  ignore,
  fn() {
    const paths = [...reached()];
    assert(paths.includes("/lib/client/page/page_ui.ts") && paths.includes("/lib/irc/plain_digest.ts"));
    const { body } = pageAsset("/lib/client/timeline/timeline.ts") ?? { body: new Uint8Array() };
    assert(!new TextDecoder().decode(body).includes("interface "));
  },
});

Deno.test({
  name: "a compiled server contains all files of the page",
  ignore,
  fn() {
    const [{ include }] = programs;
    const parts = new Set([...reached()].filter((path) => path !== "/").map((path) => path.split("/")[2]));
    const [worker, ...files] = include.toReversed();
    assertEquals(worker, "lib/server/web/page_joiner.ts");
    assertEquals([...parts].sort(), files.map((path) => path.replace("lib/", "")).sort());
  },
});

Deno.test("a runtime that cannot be downloaded for a compiled program is reported in one sentence", () => {
  const words =
    "error: Writing\n\nCaused by:\n  1: url (https://dl.example/denort-x.zip): client error\nStack";
  assertEquals(
    faultIn(words, "dist/x/parley"),
    "Cannot make dist/x/parley: the Deno runtime could not be downloaded from https://dl.example/denort-x.zip",
  );
});

Deno.test({
  name: "no other file of the server can be requested",
  ignore,
  fn() {
    const paths = [
      "/server.ts",
      "/lib/server/hub/hub.ts",
      "/lib/client/page/../../server/hub/hub.ts",
      "/lib/client/page/..%2fhub.ts",
      "/lib/net/missing.ts",
      "/lib/client/page/",
      "/data/parley.sqlite",
    ];
    assertEquals(paths.map((path) => pageAsset(path)), paths.map(() => undefined));
  },
});
