/** The names under which the web page can be requested. */
import { assertEquals } from "@std/assert";
import { settingRows } from "../../../lib/server/settings/settings.ts";
import { parseOptions } from "../../../lib/options.ts";
import { ownNames } from "../../../lib/server/start/addresses.ts";
import { granted } from "../../support/permissions.ts";

Deno.test("the names of the server are the names in the settings and the name of the machine", {
  ignore: !granted("sys"),
}, () => {
  const flags = [
    "--host",
    "tea.example",
    "--name",
    "irc.example",
    "--web-address",
    "https://chat.example:8443/x",
  ];
  const parsed = parseOptions(settingRows, [...flags, "--web-origin", "https://friend.example"], {});
  if ("fault" in parsed) throw new Error(parsed.fault);
  const wanted = ["tea.example", "irc.example", Deno.hostname(), "chat.example:8443", "friend.example"];
  assertEquals(ownNames(parsed.values), wanted);
});
