/** Proxies of the settings: a setting that needs another, and the advice about a proxy that nobody named. */
import { assertEquals, assertThrows } from "@std/assert";
import { parseOptions } from "../../../lib/options.ts";
import { settingRows, type Settings } from "../../../lib/server/settings/settings.ts";
import { StartError } from "../../../lib/server/start/start_error.ts";
import { Proxies } from "../../../lib/server/start/trusted_proxies.ts";

function proxiesOf(changes: Partial<Settings>): { proxies: Proxies; log: string[] } {
  const parsed = parseOptions(settingRows, [], {});
  if ("fault" in parsed) throw new RangeError(parsed.fault);
  const log: string[] = [];
  return { log, proxies: new Proxies({ ...parsed.values, ...changes }, (_level, text) => log.push(text)) };
}

Deno.test("a required PROXY header needs a trusted proxy", () => {
  assertThrows(
    () => proxiesOf({ proxyHeader: "required" }),
    StartError,
    "Cannot use --proxy-header required without --trusted-proxy",
  );
  const { proxies } = proxiesOf({ proxyHeader: "required", trustedProxy: ["10.0.0.5"] });
  assertEquals(proxies.forIrc.isTrustedProxy?.("10.0.0.5"), true);
  assertEquals(proxies.forIrc.onlyProxied?.includes("PROXY header"), true);
});

Deno.test("--proxy-header off reads no PROXY header, but the web side still trusts the proxy", () => {
  const { proxies, log } = proxiesOf({ proxyHeader: "off", trustedProxy: ["10.0.0.5"] });
  assertEquals([proxies.forIrc.isTrustedProxy, proxies.isTrusted?.("10.0.0.5")], [undefined, true]);
  assertEquals(
    [proxies.refuseHeader("10.0.0.5"), log],
    ["This is parley.local: it reads no PROXY headers; see --proxy-header", []],
  );
});

Deno.test("the log says once for each address how to trust a proxy, and not for everybody in the world", () => {
  const { proxies, log } = proxiesOf({});
  for (let count = 0; count < 3; count++) {
    proxies.advise("127.0.0.1", "the header via");
    proxies.refuseHeader("::1");
  }
  assertEquals(
    log.map((line) => line.replace(/^.*is not trusted (.*):.*(start the.*)$/, "$1 $2")),
    [
      "(it sends the header via) start the server with --trusted-proxy 127.0.0.1",
      "(it sends PROXY headers) start the server with --trusted-proxy ::1",
    ],
  );
  for (let last = 0; last < 100; last++) proxies.advise(`203.0.113.${last}`, "the header via");
  assertEquals(log.length, 8);
});
