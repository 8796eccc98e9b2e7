/** The files that a browser can request, read together and without blocking; page_assets.ts reads single files. */
import { createHash } from "node:crypto";

/** The folders of these files, and single files beside them; all below lib/. */
const folders: readonly string[] = [
  "irc",
  "net",
  ...["state", "core", "text", "slash", "elements", "timeline", "page"].map((name) => `client/${name}`),
];
const singleFiles: readonly string[] = [
  "deadlines.ts",
  "nearest_word.ts",
  "socket_rounds.ts",
  "open_libc.ts",
];

/** The path of such a file; its group is the part below lib/. */
export const pagePath = new RegExp(
  `^/lib/((?:${folders.join("|")})/[a-z][a-z0-9_]*\\.(?:html|css|ts|svg|webmanifest)|${
    singleFiles.join("|")
  })$`,
);

/** Texts by path: "/lib/client/page/page.ts". */
export type PageSources = ReadonlyMap<string, string>;

/** Reads all. */
export async function readPageSources(): Promise<PageSources> {
  const root = new URL("../../", import.meta.url);
  const paths = [...singleFiles];
  for (const folder of folders) {
    for await (const { name, isFile } of Deno.readDir(new URL(folder, root))) {
      const path = `${folder}/${name}`;
      if (isFile && pagePath.test(`/lib/${path}`)) paths.push(path);
    }
  }
  const texts = await Promise.all(
    paths.sort().map(async (path): Promise<[string, string]> => [
      `/lib/${path}`,
      await Deno.readTextFile(new URL(path, root)),
    ]),
  );
  return new Map(texts);
}

/** A short name for exactly these texts and these versions. */
export function sourcesHash(sources: PageSources, versions: readonly string[]): string {
  const hash = createHash("sha256").update(JSON.stringify(versions));
  for (const [path, text] of sources) hash.update(`${path}\n${text.length}\n`).update(text);
  return shortHash(hash);
}

/** 132 bits in letters for addresses and entity tags. */
export function shortHash(hash: ReturnType<typeof createHash>): string {
  return hash.digest("base64url").slice(0, 22);
}
