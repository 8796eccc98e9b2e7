/** The files in the settings. */
import { assertEquals, assertThrows } from "@std/assert";
import { settingRows, type Settings } from "../../../lib/server/settings/settings.ts";
import { parseOptions } from "../../../lib/options.ts";
import { readFiles } from "../../../lib/server/start/settings_files.ts";
import { temporaryFolder } from "../../support/folder.ts";
import { granted } from "../../support/permissions.ts";

const ignore = !granted("read", "write", "env");

function settingsOf(flags: readonly string[]): Settings {
  const parsed = parseOptions(settingRows, flags, {});
  if ("fault" in parsed) throw new Error(parsed.fault);
  return parsed.values;
}

Deno.test(
  "a password file is read without its line end; an empty or missing one is refused in one sentence",
  {
    ignore,
  },
  () => {
    using place = temporaryFolder();
    const path = `${place.folder}/password`;
    const settings = settingsOf(["--password-file", path]);
    Deno.writeTextFileSync(path, "open sesame\n");
    assertEquals(readFiles(settings).password, "open sesame");
    Deno.writeTextFileSync(path, "\n");
    assertThrows(
      () => readFiles(settings),
      Error,
      `Cannot use the password file "${path}": it is empty; write a password into it`,
    );
    Deno.removeSync(path);
    assertThrows(
      () => readFiles(settings),
      Error,
      `Cannot read the password file "${path}": No such file or directory`,
    );
  },
);
