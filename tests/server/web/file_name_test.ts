/** Names of shared files: the safe part of a header. */
import { assertEquals } from "@std/assert";
import { contentType, disposition, fileName, isPagePart } from "../../../lib/server/web/file_name.ts";

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
    [extended(`tea.png${" \u2800\u3164\u3000".repeat(40)}.exe`), "tea.png .exe"],
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

Deno.test("a file in which something could run, or that a page could apply, keeps no type of its own", () => {
  const shown = [
    "image/png",
    "image/jpeg",
    "image/gif",
    "image/webp",
    "image/avif",
    "audio/mpeg",
    "video/mp4",
  ];
  const downloads =
    "text/javascript application/javascript application/x-javascript text/ecmascript text/jscript module/x " +
    "application/wasm text/css text/html application/xhtml+xml text/xml application/xml image/svg+xml audio/x+xml " +
    "application/rss+xml application/pdf application/json application/ld+json application/manifest+json " +
    "text/event-stream text/vtt text/cache-manifest text/x-component application/x-shockwave-flash " +
    "application/x-java-applet multipart/x-mixed-replace message/rfc822 application/xslt+xml " +
    "application/vnd.apple.mpegurl audio/mpegurl audio/x-mpegurl audio/x-scpls image/heic font/woff2 application/zip";
  const answers = (types: readonly string[]) =>
    types.map((type) => [type, contentType(type), disposition("tea", type).split(";")[0]]);
  assertEquals(answers(shown), shown.map((type) => [type, type, "inline"]));
  assertEquals(
    answers(downloads.split(" ")),
    downloads.split(" ").map((type) => [type, "application/octet-stream", "attachment"]),
  );
  assertEquals(answers(["text/plain"]), [["text/plain", "text/plain; charset=utf-8", "inline"]]);
});

Deno.test("a browser gets no shared file as a part of a page", () => {
  const parts =
    "script style worker sharedworker serviceworker audioworklet paintworklet manifest xslt iframe frame " +
    "embed object json";
  assertEquals(parts.split(" ").filter((part) => !isPagePart(part)), []);
  for (const use of ["document", "image", "audio", "video", "empty", undefined]) {
    assertEquals(isPagePart(use), false);
  }
});
