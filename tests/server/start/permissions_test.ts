/** The server with narrow permissions: what is missing is one sentence, and it counts the descriptors that it may have. */
import { assert, assertEquals } from "@std/assert";
import { parseOptions } from "../../../lib/options.ts";
import { settingRows, type Settings } from "../../../lib/server/settings/settings.ts";
import { missingPermissions } from "../../../lib/server/start/permissions.ts";
import { granted, programPermissions } from "../../support/permissions.ts";

function settings(args: readonly string[]): Settings {
  const parsed = parseOptions(settingRows, [...args], {});
  if ("fault" in parsed) throw new RangeError(parsed.fault);
  return parsed.values;
}

Deno.test({ name: "all missing permissions are in one sentence", permissions: "none" }, () => {
  const files = ["--cert", "/etc/cert.pem", "--key", "/etc/key.pem", "--nats", "nats://me:word@10.0.0.1"];
  const sentence = missingPermissions(settings(["--data", "/srv/parley", ...files])) ?? "";
  assertEquals(
    sentence.replace(/\/[^=,]*lib\/client\//, "lib/client/"),
    "Cannot start: Deno does not allow what the server needs; add " +
      "--allow-net=127.0.0.1:6667,127.0.0.1:6697,127.0.0.1:6680,10.0.0.1:4222 and " +
      "--allow-read=lib/client/,/srv/parley,/dev/null,/etc/cert.pem,/etc/key.pem and " +
      "--allow-write=/srv/parley and --allow-sys=hostname,networkInterfaces (lib/server/README.md has all flags)",
  );
});

Deno.test({
  name: "a server that may not read its limit of descriptors counts them",
  ignore: !granted(...programPermissions) || Deno.build.os === "windows",
  async fn() {
    const module = new URL("../../../lib/net/descriptors.ts", import.meta.url);
    const code = `import { descriptorLimit } from "${module}"; console.log(descriptorLimit(1000));`;
    const script = `data:application/javascript,${encodeURIComponent(code)}`;
    const counted = async (most: number) => {
      const command = [
        Deno.execPath(),
        "run",
        "--no-prompt",
        "--no-config",
        "--allow-read=/dev/null",
        script,
      ];
      const { stdout } = await new Deno.Command("sh", {
        args: ["-c", `ulimit -n ${most} && exec "$0" "$@"`, ...command],
        env: { NO_COLOR: "1" },
      }).output();
      return Number(new TextDecoder().decode(stdout));
    };
    const few = await counted(200);
    assert(few > 180 && few < 264, String(few));
    assertEquals(await counted(1500), NaN);
  },
});
