import { assertEquals } from "@std/assert";
import { readOptions } from "../../../lib/client/cli/read_options.ts";
import { temporaryFolder } from "../../support/folder.ts";
import { granted } from "../../support/permissions.ts";

/** The channels to join, with this settings file and these arguments. */
async function channels(file: string, ...args: readonly string[]): Promise<readonly string[] | string> {
  using place = temporaryFolder();
  const path = `${place.folder}/client.conf`;
  Deno.writeTextFileSync(path, file);
  const read = await readOptions([...args, `--config=${path}`], {});
  return "fault" in read ? read.fault : read.values.channel;
}

Deno.test({
  name: "readOptions() takes --room as the former name of --channel, and a flag overrides the settings file",
  ignore: !granted("read", "write"),
  async fn() {
    assertEquals(await channels("room = #tea"), ["#tea"]);
    assertEquals(await channels("channel = #tea"), ["#tea"]);
    assertEquals(await channels("", "--room", "#den", "--channel=#tea"), ["#den", "#tea"]);
    for (const file of ["room = #tea", "channel = #tea"]) {
      for (const flag of ["--room=#den", "--channel=#den", "-r#den"]) {
        assertEquals(await channels(file, flag), ["#den"], `${file}, ${flag}`);
      }
    }
  },
});
