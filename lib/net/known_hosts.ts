/**
 * Trust on first use, as in ssh: a file stores the first key of each server, one line per server. A renewed
 * certificate with the same key is the same server. A server whose certificate an authority confirms needs no pin; the
 * file stores that fact, so that a server without such a certificate cannot replace it. This file stores and compares;
 * dial_tls.ts refuses a server that changed.
 */
import { writeWholeFile } from "./whole_file.ts";

/** The certificate of a server in its handshake. */
export interface PeerCertificate {
  /** SHA-256 of the certificate, "AB:CD:…". */
  readonly fingerprint: string;
  /** SHA-256 of its public key (SubjectPublicKeyInfo), as base64. */
  readonly key: string;
  /** Why no authority confirms the certificate for this name; undefined if one does. */
  readonly untrustedReason: string | undefined;
}

/**
 * The stored trust in a server: its pinned key and the certificate with it, or "authority" if an authority confirmed
 * it.
 */
export type StoredTrust = { readonly fingerprint: string; readonly key: string } | "authority";

/** Why a server is trusted, or "changed" if it is not. */
export type TrustVerdict = "authority" | "known" | "new" | "changed";

/** Compares the certificate of a server with the stored trust. */
export function judgeTrust(shown: PeerCertificate, remembered: StoredTrust | undefined): TrustVerdict {
  if (shown.untrustedReason === undefined) return "authority";
  if (remembered === undefined) return "new";
  return remembered !== "authority" && remembered.key === shown.key ? "known" : "changed";
}

/** The file of known servers. Each call reads it again, because several clients can share it. */
export class KnownHosts {
  readonly path: string;

  constructor(path: string) {
    this.path = path;
  }

  /** The stored trust in "host:port"; undefined also if there is no file. */
  find(place: string): StoredTrust | undefined {
    for (const line of this.#lines()) {
      const entry = parseEntry(line);
      if (entry?.place === place) return entry.remembered;
    }
  }

  /** Stores the trust; throws if the file cannot be written. */
  save(place: string, remembered: StoredTrust): void {
    const lines = this.#lines().filter((line) => parseEntry(line)?.place !== place);
    if (lines.length === 0) lines.push(...heading);
    lines.push(formatEntry(place, remembered));
    const folder = this.path.slice(0, this.path.lastIndexOf("/"));
    if (folder !== "") Deno.mkdirSync(folder, { recursive: true, mode: 0o700 });
    writeWholeFile(this.path, `${lines.join("\n")}\n`);
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

const heading = [
  "# Servers this computer knows: address, certificate, key. Delete a line to accept a new certificate of that server.",
];

function parseEntry(line: string): { place: string; remembered: StoredTrust } | undefined {
  const [place = "", first = "", key] = line.split(" ");
  if (place === "" || place.startsWith("#") || first === "") return undefined;
  if (first === "authority") return { place, remembered: "authority" };
  return key === undefined ? undefined : { place, remembered: { fingerprint: first, key } };
}

function formatEntry(place: string, remembered: StoredTrust): string {
  if (remembered === "authority") return `${place} authority`;
  return `${place} ${remembered.fingerprint} ${remembered.key}`;
}

/** The path of the file: in the data folder of XDG, or of Windows or macOS. Undefined without a home folder. */
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
