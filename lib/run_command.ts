/** How a reader starts the other program of Parley: the command to print in a banner, in --help or in an error. */

/** The programs, with the names they have when they are compiled. */
const compiledNames = { "server.ts": "parley-server", "client.ts": "parley" } as const;

/** The facts that decide how a program is started. */
export interface RunningProgram {
  /** The program that runs this code: Deno, or a compiled Parley. */
  readonly execPath: string;
  readonly denoVersion: string;
  readonly isCompiled: boolean;
  /** The folder of server.ts and client.ts. */
  readonly folder: string;
  readonly workingFolder: string;
}

/** The command that starts a program in the same way as this one was started, without flags. */
export function runCommand(
  script: keyof typeof compiledNames,
  running: RunningProgram = thisProgram(),
): string {
  if (running.isCompiled) return compiledNames[script];
  // npx keeps the packages it runs in a cache of this name; a `deno` found there is usually not in PATH.
  const isNpx = /[\\/]_npx[\\/]/.test(running.execPath);
  const deno = isNpx ? `npx -y deno@${running.denoVersion}` : "deno";
  return `${deno} run -A ${scriptPath(script, running)}`;
}

function scriptPath(script: string, { folder, workingFolder }: RunningProgram): string {
  if (folder === workingFolder) return script;
  const path = `${folder}${folder.includes("\\") ? "\\" : "/"}${script}`;
  return path.includes(" ") ? `"${path}"` : path;
}

function thisProgram(): RunningProgram {
  return {
    execPath: Deno.execPath(),
    denoVersion: Deno.version.deno,
    isCompiled: Deno.build.standalone,
    folder: (import.meta.dirname ?? "").replace(/[\\/]lib$/, ""),
    workingFolder: Deno.cwd(),
  };
}
