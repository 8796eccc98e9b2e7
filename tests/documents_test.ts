/** The documents: the paths, links and headings they name exist, and the README stays short. */

import { assertEquals, assertLessOrEqual } from "@std/assert";
import { granted } from "./support/permissions.ts";
import { exists, parts, root, wings } from "./support/tree.ts";

const maxReadmeBytes = 9 * 1024;

Deno.test({
  name: "documents name only files, folders and headings that exist",
  ignore: !granted("read"),
  fn() {
    const missing: string[] = [];
    for (const document of documents()) {
      const text = Deno.readTextFileSync(new URL(document, root));
      const named =
        text.match(/(?<![\w./-])(lib|tests|findings|\.ci)\/[\w./]*\w(?=\/?(?:[`\s)\],;:"#]|\.[\s)]))/g) ?? [];
      for (const path of named) if (!exists(path)) missing.push(`${document}: ${path}`);
      for (const link of links(text)) {
        if (!leadsSomewhere(document, link)) missing.push(`${document}: ${link}`);
      }
    }
    assertEquals(missing, []);
  },
});

Deno.test({
  name: `README.md has at most ${maxReadmeBytes} bytes`,
  ignore: !granted("read"),
  fn() {
    assertLessOrEqual(Deno.statSync(new URL("README.md", root)).size, maxReadmeBytes);
  },
});

/** Every README of the repository. */
function documents(): string[] {
  const folders = [".", "lib", ...wings.map((wing) => `lib/${wing}`), ...parts("lib"), "tests", "findings"];
  return folders.map((folder) => folder === "." ? "README.md" : `${folder}/README.md`).filter(exists);
}

/** The targets of links and pictures, without links to other sites. */
function links(text: string): string[] {
  const found = text.matchAll(/\]\(([^)\s]+)\)|\bsrc="([^"]+)"/g);
  return [...found].map(([, link = "", picture = ""]) => link || picture).filter((one) => !/^\w+:/.test(one));
}

/** Whether a link of a document leads to a file, or to a heading of a document. */
function leadsSomewhere(document: string, link: string): boolean {
  const [path = "", heading] = link.split("#");
  const target = path === "" ? document : new URL(path, new URL(document, root)).href.slice(root.href.length);
  if (!exists(target)) return false;
  return heading === undefined || headings(Deno.readTextFileSync(new URL(target, root))).includes(heading);
}

/** The headings of a document as links name them: "Who may import whom" → "who-may-import-whom". */
function headings(text: string): string[] {
  return [...text.matchAll(/^#+ (.+)$/gm)].map(([, title = ""]) =>
    title.toLowerCase().replace(/[^\p{L}\p{N}\s-]/gu, "").trim().replaceAll(" ", "-")
  );
}
