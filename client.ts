/**
 * The terminal client: from the flags it starts a session at the terminal, a pipe, or one job for a script.
 * Everything else is in lib/client.
 *
 * Exit codes: 0 quit, or all done · 1 something was refused · 2 wrong flags, or the name is in use ·
 * 68 no such host · 69 no server, or the connection was lost · 74 the output cannot be written · 76 the server has no
 * TLS · 77 the login was refused, or the server has another certificate than before · 130 Ctrl-C · 129 and 143 SIGHUP
 * and SIGTERM.
 */

import { jobs } from "./lib/client/cli/arguments.ts";
import { clientOptions } from "./lib/client/cli/flags_to_client.ts";
import type { ExitStatus } from "./lib/client/cli/exit_status.ts";
import { streamStatus, terminalStatus } from "./lib/client/cli/exit_status.ts";
import { clientFlags, clientVariables } from "./lib/client/cli/flags.ts";
import { type Credentials, findCredentials } from "./lib/client/cli/credentials.ts";
import type { ClientValues } from "./lib/client/cli/read_options.ts";
import { readOptions } from "./lib/client/cli/read_options.ts";
import type { RunPlan } from "./lib/client/cli/run_plan.ts";
import { planRun } from "./lib/client/cli/run_plan.ts";
import { onSignals, turnFileSizeLimitIntoErrors } from "./lib/client/cli/signals.ts";
import { runStreamSession } from "./lib/client/cli/stream_session.ts";
import { print, printError } from "./lib/client/cli/streams.ts";
import { terminalOptions } from "./lib/client/cli/flags_to_terminal.ts";
import { clientUsage } from "./lib/client/cli/usage.ts";
import { appearanceFor } from "./lib/client/terminal/appearance.ts";
import { runTerminalSession } from "./lib/client/terminal/terminal_session.ts";
import { isInteractive } from "./lib/client/terminal/tty.ts";
import { readEnvironment } from "./lib/environment.ts";
import { completionScript } from "./lib/completions.ts";
import { helpText } from "./lib/options.ts";
import { version } from "./lib/version.ts";

if (import.meta.main) Deno.exit(await main(Deno.args));

async function main(args: readonly string[]): Promise<number> {
  turnFileSizeLimitIntoErrors();
  const read = readEnvironment(clientVariables, "--allow-env");
  if ("fault" in read) return report({ code: 2, sentence: read.fault });
  const environment = read.values;
  const parsed = await readOptions(args, environment);
  if ("fault" in parsed) return report({ code: 2, sentence: parsed.fault });
  const { values, positional } = parsed;
  if (values.help) return printText(helpText(clientUsage()));
  if (values.version) return printText(`parley ${version}\n`);
  if (values.completions !== undefined) {
    return printText(
      completionScript(values.completions, { program: "parley", rows: clientFlags, words: jobs }),
    );
  }
  if (values.utc) Deno.env.set("TZ", "UTC");
  const plan = planRun(values, positional, isInteractive() && environment["TERM"] !== "dumb");
  if ("fault" in plan) return report({ code: 2, sentence: plan.fault });
  let credentials: Credentials;
  try {
    credentials = await findCredentials(values, plan.nick, environment);
  } catch (error) {
    return report({ code: 2, sentence: error instanceof Error ? error.message : String(error) });
  }
  if (values.restricted) revokeFileAccess();
  return report(await start(plan, { values, credentials, environment }));
}

/** After this not even a bug of the client can touch files or run programs. */
function revokeFileAccess(): void {
  for (const name of ["run", "write", "read", "ffi", "sys"] as const) Deno.permissions.revokeSync({ name });
}

async function start(
  plan: RunPlan,
  { values, credentials, environment }: {
    values: ClientValues;
    credentials: Credentials;
    environment: Readonly<Record<string, string>>;
  },
): Promise<ExitStatus> {
  const { destination, interactive } = plan;
  let note = (words: string): void => printError(words);
  const client = clientOptions(plan, values, credentials, environment, (words) => note(words));
  const appearance = appearanceFor(values, interactive, environment);
  if (interactive) {
    const result = await runTerminalSession({
      client,
      appearance,
      options: terminalOptions(values, environment),
      onStart: (noteInUi) => void (note = noteInUi),
      onSignals,
    });
    return terminalStatus(result, destination);
  }
  onSignals((code) => Deno.exit(code));
  return streamStatus(await runStreamSession(plan, client, appearance, values), destination);
}

function printText(text: string): number {
  const fault = print(text);
  return fault?.kind === "failed"
    ? report({ code: 74, sentence: `Cannot write to standard output: ${fault.reason}` })
    : 0;
}

function report({ code, sentence }: ExitStatus): number {
  if (sentence !== "") printError(sentence);
  return code;
}
