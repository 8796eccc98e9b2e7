/** The files in the settings. */
import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import { settingRows, type Settings } from "../../../lib/server/settings/settings.ts";
import { parseOptions } from "../../../lib/options.ts";
import { readFiles, readPipe, readPipes } from "../../../lib/server/start/settings_files.ts";
import { temporaryFolder } from "../../support/folder.ts";
import { granted } from "../../support/permissions.ts";
import { hasProgram } from "../../support/programs.ts";

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

Deno.test({
  name: "a pipe in the settings is read once, and one that nobody writes ends with a sentence",
  ignore: !hasProgram("mkfifo"),
  async fn() {
    using place = temporaryFolder();
    const [silent, path] = [`${place.folder}/silent`, `${place.folder}/pipe`];
    await new Deno.Command("mkfifo", { args: [silent, path] }).output();
    await assertRejects(() => readPipe(silent, 20), Error, "no program writes into it");
    // The read is still open in the system until somebody writes.
    (await Deno.open(silent, { write: true })).close();
    const settings = settingsOf(["--password-file", path]);
    assertThrows(() => readFiles(settings), Error, "it is a pipe");
    const writing = Deno.writeTextFile(path, "open sesame\n");
    await readPipes(settings);
    await writing;
    await readPipes(settings);
    assertEquals(readFiles(settings).password, "open sesame");
  },
});
