/** Names of shared files: the safe part of a header. */
import { assertEquals } from "@std/assert";
import { disposition, fileName } from "../../../lib/server/web/file_name.ts";

const extended = (name: string) => `attachment; filename*=UTF-8''${encodeURIComponent(name)}`;

Deno.test("a file name is the last part of the sent name, without misleading or dangerous characters", () => {
  const names: [header: string | undefined, name: string][] = [
    [undefined, "file"],
    ['attachment; filename="tea.png"', "tea.png"],
    ["attachment; filename=tea.png", "tea.png"],
    [extended("../../etc/tea.png"), "tea.png"],
    [extended("..\\tea.png"), "tea.png"],
    [extended("tea\u202egnp.exe"), "teagnp.exe"],
    [extended(" .tea. "), "tea"],
    [extended(".."), "file"],
    [extended(`${"x".repeat(200)}.png`), `${"x".repeat(116)}.png`],
  ];
  for (const [header, name] of names) assertEquals(fileName(header), name, header);
});

Deno.test("a long name is not cut inside a character", () => {
  for (
    const [before, count, after] of [["", 100, ""], ["x", 100, ""], ["", 1000, ""], ["", 1000, "x"]] as const
  ) {
    const name = fileName(extended(`${before}${"😀".repeat(count)}${after}.png`));
    assertEquals([name.isWellFormed(), name.length <= 120, name.endsWith("😀.png")], [true, true, true]);
    disposition(name, "image/png");
  }
});

Deno.test("a hostile name is not slow to trim", () => {
  const start = performance.now();
  fileName(extended(`a${". ".repeat(100_000)}x`));
  assertEquals(performance.now() - start < 1000, true);
});
