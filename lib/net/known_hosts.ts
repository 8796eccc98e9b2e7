/**
 * Trust on first use: which key a server showed the first time, kept in a file of one line for each server, as ssh
 * does it. A renewed certificate with the same key is the same server. A server that an authority vouches for needs
 * no pin; that it was vouched for is remembered, so that it cannot be replaced by one that is not.
 */

/** What a server showed in its handshake. */
export interface Shown {
  /** SHA-256 of the certificate, "AB:CD:…". */
  readonly fingerprint: string;
  /** SHA-256 of its public key (SubjectPublicKeyInfo), as base64. */
  readonly key: string;
  /** Why no authority vouches for it under this name; undefined when one does. */
  readonly doubt: string | undefined;
}

/** What is remembered of a server: the pinned key and the certificate it was in, or that an authority vouched for it. */
export type Remembered = { readonly fingerprint: string; readonly key: string } | "authority";

/** Why a server is trusted, or that it is not. */
export type Verdict = "vouched" | "known" | "new" | "changed";

/** Judges what a server shows by what is remembered of it. */
export function judge(shown: Shown, remembered: Remembered | undefined): Verdict {
  if (shown.doubt === undefined) return "vouched";
  if (remembered === undefined) return "new";
  return remembered !== "authority" && remembered.key === shown.key ? "known" : "changed";
}

/** The file of known servers; read at each question, so that several clients may share it. */
export class KnownHosts {
  readonly path: string;

  constructor(path: string) {
    this.path = path;
  }

  /** What is remembered of "host:port". A file that is not there remembers nothing. */
  find(place: string): Remembered | undefined {
    for (const line of this.#lines()) {
      const entry = parseEntry(line);
      if (entry?.place === place) return entry.remembered;
    }
  }

  /** Remembers; throws when the file cannot be written. */
  save(place: string, remembered: Remembered): void {
    const lines = this.#lines().filter((line) => parseEntry(line)?.place !== place);
    if (lines.length === 0) lines.push(...heading);
    lines.push(formatEntry(place, remembered));
    const folder = this.path.slice(0, this.path.lastIndexOf("/"));
    if (folder !== "") Deno.mkdirSync(folder, { recursive: true, mode: 0o700 });
    const made = `${this.path}.${crypto.randomUUID()}`;
    Deno.writeTextFileSync(made, `${lines.join("\n")}\n`, { mode: 0o600 });
    Deno.renameSync(made, this.path);
  }

  #lines(): string[] {
    try {
      return Deno.readTextFileSync(this.path).split("\n").filter((line) => line !== "");
    } catch (error) {
      if (error instanceof Deno.errors.NotFound || error instanceof Deno.errors.NotADirectory) return [];
      throw error;
    }
  }
}

const heading = ["# Servers this computer has met: place, certificate, key. Delete a line to meet it anew."];

function parseEntry(line: string): { place: string; remembered: Remembered } | undefined {
  const [place = "", first = "", key] = line.split(" ");
  if (place === "" || place.startsWith("#") || first === "") return undefined;
  if (first === "authority") return { place, remembered: "authority" };
  return key === undefined ? undefined : { place, remembered: { fingerprint: first, key } };
}

function formatEntry(place: string, remembered: Remembered): string {
  if (remembered === "authority") return `${place} authority`;
  return `${place} ${remembered.fingerprint} ${remembered.key}`;
}

/** Where the file belongs: the data folder of XDG, or its like on Windows and macOS. Undefined without a home. */
export function knownHostsPath(
  env: Readonly<Record<string, string | undefined>>,
  os: string,
): string | undefined {
  const home = env["HOME"] ?? env["USERPROFILE"];
  const own = os === "windows"
    ? env["LOCALAPPDATA"]
    : os === "darwin"
    ? home && `${home}/Library/Application Support`
    : undefined;
  const folder = env["XDG_DATA_HOME"] || own || (home && `${home}/.local/share`);
  return folder && `${folder.replaceAll("\\", "/")}/parley/known_hosts`;
}
