/** The list of all tests: suite.ts. */
import { assertEquals } from "@std/assert";
import { granted } from "./support/permissions.ts";
import { isFolder, list, root } from "./support/tree.ts";

Deno.test("suite.ts imports every test file", { ignore: !granted("read") }, () => {
  const suite = Deno.readTextFileSync(new URL("tests/suite.ts", root));
  const imported = suite.split("\n").filter((line) => line.startsWith("import "));
  assertEquals(
    imported,
    testFiles("tests").map((path) => `import "./${path.slice("tests/".length)}";`).sort(),
  );
});

/** The test files in a folder and below it. */
function testFiles(folder: string): string[] {
  return list(folder).flatMap((path) => {
    if (isFolder(path)) return testFiles(path);
    return path.endsWith("_test.ts") ? [path] : [];
  });
}
