/**
 * The permissions of Deno that a server with these settings needs. With -A it has all of them. A server with narrow ones
 * starts only if none is missing, so that nothing fails later, when people use it.
 */
import type { Settings } from "../settings/settings.ts";

/** Files that are read again while the server runs. */
const fileSettings = ["cert", "key", "motd", "operFile", "passwordFile"] as const;
/** The files of the page. */
const programFolder = new URL("../../client/", import.meta.url);

/** The flags that are missing, as one sentence; undefined if nothing is. */
export function missingPermissions(settings: Settings): string | undefined {
  const missing = [
    flag("net", "host", hostsOf(settings)),
    flag("read", "path", readPaths(settings)),
    flag("write", "path", [settings.ephemeral ? temporaryParent() : settings.data]),
    flag("sys", "kind", ["hostname", "networkInterfaces"]),
  ].filter((one) => one !== "");
  if (missing.length === 0) return undefined;
  return `Cannot start: Deno does not allow what the server needs; add ${
    missing.join(" and ")
  } (lib/server/README.md has all flags)`;
}

/** "--allow-read=a,b" for the values that are not allowed; "" if all are. */
function flag(name: "net" | "read" | "write" | "sys", field: string, values: readonly string[]): string {
  const denied = [...new Set(values)].filter((value) =>
    Deno.permissions.querySync({ name, [field]: value } as Deno.PermissionDescriptor).state !== "granted"
  );
  return denied.length === 0 ? "" : `--allow-${name}=${denied.join(",")}`;
}

/** The addresses at which it listens, and those of the NATS servers. */
function hostsOf({ host, port, tls, tlsPort, web, webPort, nats }: Settings): string[] {
  const ports = [port, ...(tls === "off" ? [] : [tlsPort]), ...(web === "on" ? [webPort] : [])];
  const servers = (nats?.split(",") ?? []).flatMap((text) => URL.parse(text) ?? []);
  return [
    ...ports.map((one) => `${host.includes(":") ? `[${host}]` : host}:${one}`),
    ...servers.map(({ hostname, port }) => `${hostname}:${port || 4222}`),
  ];
}

function readPaths(settings: Settings): string[] {
  const files = fileSettings.flatMap((name) => settings[name] || []);
  return [
    ...(programFolder.protocol === "file:" ? [decodeURIComponent(programFolder.pathname)] : []),
    settings.ephemeral ? temporaryParent() : settings.data,
    // For the reserve of file descriptors.
    ...(Deno.build.os === "windows" ? [] : ["/dev/null"]),
    ...files,
  ];
}

/** The folder for temporary files. The variables of the system are read only where that is allowed. */
export function temporaryParent(): string {
  try {
    return Deno.env.get("TMPDIR") ?? Deno.env.get("TEMP") ?? "/tmp";
  } catch {
    return "/tmp";
  }
}
