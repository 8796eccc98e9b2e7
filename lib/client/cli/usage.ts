/** The head of the client's `--help`: how to call it, with examples. The flags are in flags.ts. */

import { runCommand } from "../../run_command.ts";
import { clientFlags } from "./flags.ts";

/** The parts of --help, for helpText() of lib/options.ts. */
export function clientUsage(command = runCommand("client.ts")): {
  readonly usage: string;
  readonly examples: readonly (readonly [command: string, does: string])[];
  readonly rows: typeof clientFlags;
} {
  return {
    usage: `Parley client: chat in your terminal, or send and read messages in a script

  ${command} [FLAGS] [ADDRESS]
  ${command} [FLAGS] [ADDRESS] send|tail|history '#CHANNEL' [TEXT]

An ADDRESS is irc://HOST:PORT/#CHANNEL, or ircs:// with encryption.`,
    examples: [
      [`${command} --user alice`, "join #lobby on this computer"],
      [`${command} irc://chat.example:6667/#tea`, "join #tea there; the client asks for your name"],
      [`${command} ircs://chat.example/#tea --account alice`, "encrypt the connection and log in"],
      [`${command} --user bot send '#builds' 'build done'`, "send one message and end"],
      [`echo 'build done' | ${command} --user bot`, "send each line and end"],
      [`${command} --user bot tail '#builds' --json`, "print new messages as JSON until you stop it"],
      [`${command} --user bot history '#builds' --since 2h`, "print the messages of the last two hours"],
    ],
    rows: clientFlags,
  };
}
