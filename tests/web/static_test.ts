/** The page's own files: what the browser asks for is there, nothing else is, and a standalone program carries it. */
import { assert, assertEquals } from "@std/assert";
import { asset } from "../../lib/web/static.ts";
import { granted } from "../support/permissions.ts";

const ignore = !granted("read");

/** Every path the page needs, found as a browser finds them. */
function reached(): Set<string> {
  const found = new Set<string>();
  const waiting = ["/"];
  for (let path = waiting.pop(); path !== undefined; path = waiting.pop()) {
    if (found.has(path)) continue;
    found.add(path);
    const made = asset(path);
    assert(made !== undefined, `${path} is not served`);
    const text = new TextDecoder().decode(made.body);
    const names = made.type.startsWith("text/html")
      ? text.matchAll(/(?:href|src)="(\/[^"]+)"/g)
      : made.type.startsWith("text/javascript")
      ? text.matchAll(/^(?:import|export)\b[^;]*?from "([^"]+)"|^import "([^"]+)"/gm)
      : [];
    for (const [, from, bare] of names) {
      waiting.push(new URL(from ?? bare ?? "", `http://host${path}`).pathname);
    }
  }
  return found;
}

Deno.test({
  name: "everything the page imports is served, without types",
  ignore,
  fn() {
    const paths = [...reached()];
    assert(paths.includes("/lib/page/chat.ts") && paths.includes("/lib/client/client.ts"));
    const { body } = asset("/lib/page/timeline.ts") ?? { body: new Uint8Array() };
    assert(!new TextDecoder().decode(body).includes("interface "));
  },
});

Deno.test({
  name: "a standalone server carries all that the page needs",
  ignore,
  fn() {
    const { tasks } = JSON.parse(Deno.readTextFileSync(new URL("../../deno.json", import.meta.url)));
    const command: string = tasks.compile.command.split("&&")[0];
    const included = [...command.matchAll(/--include (\S+)/g)].map(([, path]) => path);
    const parts = new Set([...reached()].filter((path) => path !== "/").map((path) => path.split("/")[2]));
    assertEquals([...parts].sort(), included.map((path) => path?.replace("lib/", "")).sort());
  },
});

Deno.test({
  name: "no other file of the server can be asked for",
  ignore,
  fn() {
    const paths = [
      "/server.ts",
      "/lib/hub/hub.ts",
      "/lib/page/../hub/hub.ts",
      "/lib/page/..%2fhub.ts",
      "/lib/net/missing.ts",
      "/lib/page/",
      "/data/parley.sqlite",
    ];
    assertEquals(paths.map((path) => asset(path)), paths.map(() => undefined));
  },
});
