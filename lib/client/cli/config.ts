/**
 * An optional settings file: lines of "name = value", and "#" begins a comment. The names are those of the flags
 * without dashes. Flags and the environment override the file.
 */

/** The default path: in the XDG configuration folder, or its equivalent on Windows and macOS. */
export function configPath(
  env: Readonly<Record<string, string | undefined>>,
  os: string,
): string | undefined {
  const home = env["HOME"] ?? env["USERPROFILE"];
  const own = os === "windows" ? env["APPDATA"] : undefined;
  const folder = env["XDG_CONFIG_HOME"] || own || (home && `${home}/.config`);
  return folder && `${folder.replaceAll("\\", "/")}/parley/client.conf`;
}

/**
 * The settings of a file as arguments, to put before those of the command line. Names that are `given` there or in the
 * environment are left out. A fault is a sentence.
 */
export function configArguments(
  text: string,
  given: (name: string) => boolean,
): readonly string[] | { readonly fault: string } {
  const settings: string[] = [];
  for (const [at, raw] of text.replace(/^\ufeff/, "").split(/\r?\n/).entries()) {
    const line = raw.trim();
    if (line === "" || line.startsWith("#")) continue;
    const [, name, value = ""] = /^([a-z][a-z-]*)\s*=\s*(.*)$/.exec(line) ?? [];
    if (name === undefined) return { fault: `write line ${at + 1} as "name = value"` };
    if (!given(name)) settings.push(`--${name}=${value.replace(/^"(.*)"$/, "$1")}`);
  }
  return settings;
}
