/** The real client.ts as a process of its own, with a home folder that the test chooses. */

import { withDeadline } from "./deadline.ts";

const script = new URL("../../client.ts", import.meta.url).pathname;
const longestWaitMs = 20_000;

/** How a run of the program ended. */
export interface Ended {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** The environment in which it runs. */
export interface ClientPlace {
  readonly env?: Record<string, string>;
  /** Flags of Deno. @default {-A} */
  readonly permissions?: readonly string[];
}

/** Starts it without the settings of the person who runs the tests. */
export function startClient(
  args: readonly string[],
  { env = {}, permissions = ["-A"] }: ClientPlace = {},
): Deno.ChildProcess {
  const names = ["USER", "HOST", "PORT", "PASSWORD", "ACCOUNT", "CONFIG", "TLS"];
  const cleared = Object.fromEntries(names.map((name) => [`PARLEY_${name}`, ""]));
  return new Deno.Command(Deno.execPath(), {
    args: ["run", ...permissions, script, ...args],
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
    env: { XDG_DATA_HOME: "/nowhere", XDG_CONFIG_HOME: "/nowhere", ...cleared, ...env },
  }).spawn();
}

/** Runs it with `input` until it ends. */
export async function runClient(
  args: readonly string[],
  { input = "", ...place }: ClientPlace & { readonly input?: string } = {},
): Promise<Ended> {
  const child = startClient(args, place);
  const writer = child.stdin.getWriter();
  await writer.write(new TextEncoder().encode(input)).catch(() => {});
  await writer.close().catch(() => {});
  const { code, stdout, stderr } = await withDeadline(
    child.output(),
    longestWaitMs,
    () => `${args} did not end`,
  );
  return { code, out: new TextDecoder().decode(stdout), err: new TextDecoder().decode(stderr) };
}
