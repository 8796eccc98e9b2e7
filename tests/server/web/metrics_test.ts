/** Metrics: their values, and the access to them. */
import { assertEquals, assertMatch } from "@std/assert";
import type { Settings } from "../../../lib/server/settings/settings.ts";
import { metricRoute } from "../../../lib/server/web/metrics.ts";
import type { Route } from "../../../lib/server/web/web.ts";
import { granted } from "../../support/permissions.ts";
import { type Site, startSite } from "../../support/site.ts";

const ignore = !granted("net", "read", "write", "env");

function metricSite(settings: Partial<Settings> = {}, hostname = "127.0.0.1"): Site {
  const late: { route?: Route } = {};
  const site = startSite({ settings }, {
    hostname,
    routes: [(...asked) => late.route?.(...asked)],
  });
  late.route = metricRoute(site.chat.hub, () => true);
  return site;
}

async function ask(
  site: Site,
  headers: Record<string, string> = {},
): Promise<[status: number, text: string]> {
  const response = await fetch(`${site.origin}/metrics`, { headers });
  return [response.status, await response.text()];
}

Deno.test("programs on this machine can read the metrics", { ignore }, async () => {
  await using site = metricSite();
  await site.chat.peer("ann");
  const [status, text] = await ask(site);
  assertEquals(status, 200);
  assertMatch(text, /^parley_users 1$/m);
  assertMatch(text, /^process_open_fds [1-9]\d*$/m);
});

Deno.test(
  "this machine can read the metrics by IPv4 if the server also listens on IPv6",
  { ignore },
  async () => {
    await using site = metricSite({}, "::");
    assertEquals((await ask(site))[0], 200);
  },
);

Deno.test("visitors through a proxy on this machine cannot read the metrics", { ignore }, async () => {
  const headers = ["forwarded", "via", "x-forwarded-for", "x-real-ip"];
  await using site = metricSite();
  for (const name of headers) assertEquals((await ask(site, { [name]: "10.1.2.3" }))[0], 403, name);
  await using open = metricSite({ metrics: "open" });
  assertEquals((await ask(open, { "x-forwarded-for": "10.1.2.3" }))[0], 200);
});
