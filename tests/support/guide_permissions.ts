/** The flags of Deno that the guides name for narrow permissions, with the folders of a test. */

const root = new URL("../../", import.meta.url);

/** The flags of the server, for a data folder and further files that it reads. */
export function serverPermissions(data: string, files: readonly string[] = []): string[] {
  return flagsIn("lib/server/README.md", /^ExecStart=(.*)$/m).map((flag) => {
    const moved = flag.replaceAll("/opt/parley/", root.pathname).replaceAll("/var/lib/parley", data)
      .replaceAll("0.0.0.0", "127.0.0.1");
    return flag.startsWith("--allow-read=") ? [moved, ...files].join(",") : moved;
  });
}

/** The flags of the client, for a home folder and a server on this machine. */
export function clientPermissions(home: string): string[] {
  return flagsIn("lib/client/README.md", /^(deno run --no-prompt (?:[^\n]*\\\n)*[^\n]*)$/m).map((flag) =>
    flag.replaceAll("$HOME", home).replaceAll("chat.example", "127.0.0.1")
  );
}

function flagsIn(guide: string, command: RegExp): string[] {
  const [, words = ""] = command.exec(Deno.readTextFileSync(new URL(guide, root))) ?? [];
  const flags = words.replaceAll("'", "").split(/[\s\\]+/).filter((word) =>
    /^--(?:no-prompt$|allow-)/.test(word)
  );
  if (flags.length < 5) throw new Error(`${guide} names no narrow permissions`);
  return flags;
}
