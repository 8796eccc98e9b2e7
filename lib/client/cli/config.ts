/**
 * An optional file of settings: lines of "name = value", "#" begins a comment. The names are those of the flags
 * without dashes; a flag and the environment go before the file.
 */

/** Where the file is looked for: the configuration folder of XDG, or its like on Windows and macOS. */
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
 * The settings of a file as arguments, to stand in front of those that were written. Names that are in `given` are
 * left out: what the person said counts. A fault is a sentence.
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
    if (name === undefined) return { fault: `line ${at + 1} is not of the form "name = value"` };
    if (!given(name)) settings.push(`--${name}=${value.replace(/^"(.*)"$/, "$1")}`);
  }
  return settings;
}
