/** The files and folders of the repository, by their paths from its root. */

/** The top of the repository. */
export const root = new URL("../../", import.meta.url);

/** The folders of lib/ that hold folders. */
export const wings = ["server", "client"];

/** The folders that hold files: "lib/irc", "lib/server/chat", "tests/client/page". */
export function parts(top: string): string[] {
  return list(top).filter(isFolder).flatMap((folder) =>
    wings.includes(lastName(folder)) ? list(folder).filter(isFolder) : [folder]
  );
}

/** The entries of a folder, sorted by name; none if the folder does not exist. */
export function list(folder: string): string[] {
  if (!exists(folder)) return [];
  return [...Deno.readDirSync(new URL(`${folder}/`, root))].map(({ name }) => `${folder}/${name}`).sort();
}

export function isFolder(path: string): boolean {
  return Deno.statSync(new URL(path, root)).isDirectory;
}

/** Whether there is a file or folder at a path. */
export function exists(path: string): boolean {
  try {
    Deno.statSync(new URL(path, root));
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}

/** "lib/irc/mask.ts" → "mask.ts". */
export function lastName(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1);
}
