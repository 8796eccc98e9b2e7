/** Settings that --help cannot describe: the sentences for values that do not work. */
import { assertEquals, assertThrows } from "@std/assert";
import { parseOptions } from "../../../lib/options.ts";
import { settingRows, type Settings } from "../../../lib/server/settings/settings.ts";
import { checkSettings } from "../../../lib/server/start/settings_check.ts";
import { StartError } from "../../../lib/server/start/start_error.ts";

const long = "é".repeat(51);

const cases: readonly (readonly [changes: Partial<Settings>, sentence: string])[] = [
  [{ name: `${"x".repeat(64)}` }, `Cannot use --name "${"x".repeat(64)}": it can have 63 bytes at most`],
  [{ network: long }, `Cannot use --network "${long}": it can have 100 bytes at most`],
  [
    { machine: "a b" },
    'Cannot use --machine "a b": write a letter, and up to 11 more letters and digits',
  ],
];

Deno.test("checkSettings() refuses names that no line can hold", () => {
  const parsed = parseOptions(settingRows, [], {});
  if ("fault" in parsed) throw new RangeError(parsed.fault);
  for (const [changes, sentence] of cases) {
    const error = assertThrows(
      () => checkSettings({ ...parsed.values, ...changes }, { qr: false, missing: "", descriptors: 64 }),
      StartError,
    );
    assertEquals(error.message, sentence);
  }
  checkSettings({ ...parsed.values, name: "x".repeat(63), network: "x".repeat(100) }, {
    qr: false,
    missing: "",
    descriptors: 64,
  });
});

Deno.test("checkSettings() refuses to start with too few file descriptors", () => {
  const parsed = parseOptions(settingRows, [], {});
  if ("fault" in parsed) throw new RangeError(parsed.fault);
  const { values } = parsed;
  const error = assertThrows(
    () => checkSettings(values, { qr: false, missing: "", descriptors: 40 }),
    StartError,
  );
  assertEquals([error.message.slice(0, 32), error.code], ["Cannot start with 40 open files,", 69]);
  checkSettings(values, { qr: false, missing: "", descriptors: 64 });
});
