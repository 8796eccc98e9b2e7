/** The exit code of the client, with a sentence that explains it. client.ts lists the codes. */

import { DialError } from "../../net/dial.ts";
import { TrustError } from "../../net/dial_tls.ts";
import { UnknownServer } from "../../net/connect_to_server.ts";
import { runCommand } from "../../run_command.ts";
import type { Destination } from "./arguments.ts";
import type { TerminalSessionResult } from "../terminal/terminal_session.ts";
import { plain, plainName } from "../text/plain.ts";
import type { StreamOutcome } from "./pipe.ts";

/** Made at the start: with --restricted the program later cannot read its own path. */
const serverCommand = runCommand("server.ts");

/** How the program ends. */
export interface ExitStatus {
  readonly code: number;
  /** For standard error; "" when there is nothing to say. */
  readonly sentence: string;
}

/** The status after a session at a terminal. */
export function terminalStatus(
  { ending, signalCode }: TerminalSessionResult,
  { address, isTlsImplied }: Destination,
): ExitStatus {
  switch (ending.kind) {
    case "left":
      return { code: 0, sentence: "" };
    case "interrupted":
      return { code: signalCode, sentence: "" };
    case "refused":
      return { code: 69, sentence: refusedSentence(ending.reason, address) };
    case "unreachable":
      return unreachableStatus(ending.error, address, isTlsImplied);
  }
}

/** The status after a pipe or a job. */
export function streamStatus(outcome: StreamOutcome, { address, isTlsImplied }: Destination): ExitStatus {
  switch (outcome.kind) {
    case "done":
      return { code: 0, sentence: "" };
    case "refused":
      return { code: 1, sentence: "" };
    case "nick refused":
      return { code: 2, sentence: "" };
    case "login refused":
      return { code: 77, sentence: `Cannot log in as ${plainName(outcome.name)}: ${plain(outcome.reason)}` };
    case "not admitted":
      return { code: 69, sentence: refusedSentence(outcome.reason, address) };
    case "lost":
      return {
        code: 69,
        sentence: `Lost the connection to ${shortAddress(address)}: ${plain(outcome.reason)}`,
      };
    case "not written":
      return { code: 74, sentence: `Cannot write to standard output: ${outcome.reason}` };
    case "unreachable":
      return unreachableStatus(outcome.error, address, isTlsImplied);
  }
}

function shortAddress(address: string): string {
  return address.replace(/^ircs?:\/\//, "");
}

function refusedSentence(reason: string, address: string): string {
  // A TLS port cannot read plain text, and closes the connection.
  if (address.startsWith("irc:") && /^(Connection closed|Read error)/.test(reason)) {
    const why = "it closed the connection without an answer; if this is a TLS port, write --tls";
    return `Cannot join ${shortAddress(address)}: ${why}`;
  }
  return `The server ${shortAddress(address)} refused you: ${plain(reason)}`;
}

function unreachableStatus(error: unknown, address: string, isTlsImplied: boolean): ExitStatus {
  const server = shortAddress(address);
  if (error instanceof TrustError) return { code: 77, sentence: error.message };
  if (!(error instanceof DialError)) {
    const code = error instanceof UnknownServer ? 77 : 69;
    return {
      code,
      sentence: `Cannot connect to ${server}: ${error instanceof Error ? error.message : error}`,
    };
  }
  // Only a person may decide to go on without TLS, and nobody should where TLS worked before.
  if (isTlsImplied && !error.hadTls && (error.reason === "refused" || error.reason === "no TLS")) {
    const [code, why, plainAddress] = error.reason === "no TLS"
      ? [76, "the server does not speak TLS on this port", server] as const
      : [69, "no server is running there", server.replace(/:\d+$/, "")] as const;
    return {
      code,
      sentence:
        `Cannot connect to ${server} with TLS: ${why}; irc://${plainAddress} connects without, and others can then read what you write`,
    };
  }
  if (error.reason === "refused") {
    const start = `no server is running there; start one with: ${serverCommand}`;
    return { code: 69, sentence: `Cannot connect to ${server}: ${start}` };
  }
  const code = error.reason === "no such host" ? 68 : error.reason === "no TLS" ? 76 : 69;
  return { code, sentence: error.message.replace(address, server) };
}
