/** Which permissions this run has, so that plain `deno test` stays green: `ignore: !granted("net", "run")`. */

/** True only when every one of `names` is granted without limits (`deno test -A`). Never asks. */
export function granted(...names: Deno.PermissionName[]): boolean {
  return names.every((name) => Deno.permissions.querySync({ name }).state === "granted");
}

/** The tools to run server.ts, client.ts or another program. */
export const programPermissions = ["net", "read", "write", "env", "run"] as const;
