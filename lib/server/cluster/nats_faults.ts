/**
 * The fault behind an error of NATS (bus_fault.ts). The answer of NATS to one fault differs by its version: README.md
 * beside this file has a table.
 */
import { JetStreamApiCodes, JetStreamApiError } from "@nats-io/jetstream";
import {
  AuthorizationError,
  PermissionViolationError,
  ProtocolError,
  RequestError,
  TimeoutError,
  UserAuthenticationExpiredError,
} from "@nats-io/transport-node";
import { type BusFault, operatorSentence } from "./bus_fault.ts";

/** Codes of JetStream that mean that there is no space: on the disk, for the server, the account or the stream. */
const noSpaceCodes: ReadonlySet<number> = new Set([
  /** Insufficient resources. */
  10023,
  /** Memory resources exceeded. */
  10028,
  /** Insufficient storage resources. */
  10047,
  /** A stream or its consumer cannot be created on the disk. */
  10049,
  /** A purge failed. */
  10051,
  /** The stream cannot store the message: an error of the disk, or a limit with "discard new". */
  10077,
]);
/** Errors of a disk in the text of those codes which are no lack of space. The texts are those of Go. */
const otherDiskErrors =
  /too many open files|file too large|read-only file system|input\/output error|no such file|permission denied|not permitted|structure needs cleaning|stale/;
/** Codes of JetStream that mean that it has no leader, starts at the moment, or makes its stream anew. */
const noAnswerCodes: ReadonlySet<number> = new Set([10008, 10009, 10014, 10059, 10118]);

const wrongSequenceCodes: ReadonlySet<number> = new Set([
  JetStreamApiCodes.StreamWrongLastSequence,
  JetStreamApiCodes.StreamWrongLastSequenceUnknown,
]);

/** Whether NATS refused a message because another one came first. */
export function isWrongSequence(error: unknown): boolean {
  const cause = error instanceof NatsError ? error.cause : error;
  return cause instanceof JetStreamApiError && wrongSequenceCodes.has(cause.code);
}

/** An event that is larger than NATS accepts. */
export class TooLargeError extends Error {
  override readonly name = "TooLargeError";
  readonly bytes: number;
  readonly maxBytes: number;

  constructor(bytes: number, maxBytes: number) {
    super(`${bytes} bytes are more than the ${maxBytes} that NATS accepts`);
    this.bytes = bytes;
    this.maxBytes = maxBytes;
  }
}

/** A request to NATS that failed. Its message says what operators can do. */
export class NatsError extends Error {
  override readonly name = "NatsError";
  readonly fault: BusFault;
  /** Whether NATS refused, so that nothing was stored; otherwise the result is unknown. */
  readonly isRefusal: boolean;

  constructor(cause: unknown, sentence?: string) {
    const fault = faultOf(cause);
    super(sentence ?? operatorSentence(fault), { cause });
    this.fault = fault;
    this.isRefusal = cause instanceof JetStreamApiError || cause instanceof TooLargeError;
  }
}

/** The words with which NATS refused a connection; undefined for another error of a connection. */
export function refusalIn(error: unknown): string | undefined {
  const isRefusal = error instanceof AuthorizationError || error instanceof UserAuthenticationExpiredError ||
    (error instanceof ProtocolError && error.message.includes("connections"));
  return isRefusal ? error.message : undefined;
}

/** The fault behind an error of the NATS library. */
export function faultOf(error: unknown): BusFault {
  if (error instanceof NatsError) return error.fault;
  if (error instanceof TooLargeError) {
    return { kind: "too large", bytes: error.bytes, maxBytes: error.maxBytes };
  }
  if (error instanceof JetStreamApiError) return faultOfCode(error.code, error.message);
  if (error instanceof Error && error.name === "JetStreamNotEnabled") {
    const detail = error.cause instanceof JetStreamApiError
      ? 'its account has no JetStream; give it "jetstream" in the configuration of nats-server'
      : "it has no JetStream or no stream for this chat; start nats-server with -js";
    return { kind: "not set up", detail };
  }
  const cause = error instanceof RequestError ? error.cause : error;
  if (cause instanceof PermissionViolationError) {
    const detail =
      `${cause.message}; allow this user the subjects that the guide lists ("Protect NATS" in lib/server/README.md)`;
    return { kind: "not set up", detail };
  }
  if (error instanceof TimeoutError || cause instanceof TimeoutError) return { kind: "no answer" };
  return { kind: "unreachable" };
}

function faultOfCode(code: number, message: string): BusFault {
  if (noSpaceCodes.has(code) && otherDiskErrors.test(message)) return { kind: "disk fails", detail: message };
  if (noSpaceCodes.has(code)) return { kind: "no space", detail: message };
  if (noAnswerCodes.has(code)) return { kind: "no answer" };
  return { kind: "not set up", detail: `${message} (JetStream error ${code})` };
}
