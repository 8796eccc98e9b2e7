/**
 * Connects to NATS, makes the stream of a chat, and checks that NATS is set up for it. Each fault is an Error with a
 * sentence that says what to change.
 */
import { deadlines } from "../../deadlines.ts";
import {
  JetStreamApiCodes,
  JetStreamApiError,
  type JetStreamManager,
  type StreamInfo,
} from "@nats-io/jetstream";
import { connect, type NatsConnection } from "@nats-io/transport-node";
import { refusedSentence } from "./bus_fault.ts";
import { faultOf, NatsError, refusalIn } from "./nats_faults.ts";
import { reconnectDelays } from "./nats_reconnect.ts";

/** The beginning of all subjects of the chat. */
export const prefix = "parley";
/** The stream of the chat, and the subject of its events. */
export const streamName = "PARLEY";
export const subject = `${prefix}.events`;
/** The age at which the stream deletes events. A machine that was away for longer takes a snapshot. */
const maxAgeNanos = 24 * 3600 * 1e9;
/** The size limit of the stream: about three million messages. */
const maxStreamBytes = 1024 ** 3;
/** The number of copies in a NATS cluster; one copy where there are fewer servers. */
const replicas = 3;
/** The pause before NATS is asked again for so many copies. */
const peersRetryMs = 200;
/** The smallest max_payload of NATS, "32K" there: the largest event of one line, with its quotes escaped. */
export const minPayloadBytes = 32_000;
/** JetStream's codes for a stream that cannot have so many copies: too few servers of the cluster run; no cluster. */
const [tooFewServers, noCluster] = [10005, 10074];

/** Opens a connection that reconnects by itself. Throws an Error with a sentence when NATS refuses it. */
export async function connectToNats(url: string, name: string): Promise<NatsConnection> {
  const opened = connect({
    ...serversAndLogin(url),
    name,
    maxReconnectAttempts: -1,
    // A password can be wrong for a while, for example while it is changed.
    ignoreAuthErrorAbort: true,
    reconnectDelayHandler: reconnectDelays(),
    timeout: deadlines.natsConnectMs,
    pingInterval: 5000,
    maxPingOut: 2,
  });
  return await opened.catch((error) => {
    const refusal = refusalIn(error);
    throw refusal === undefined ? error : new Error(refusedSentence(refusal));
  });
}

/** The stream of the chat; makes it if it does not exist. An existing one keeps its configuration. */
export async function findOrAddStream(manager: JetStreamManager): Promise<StreamInfo> {
  // Another machine can make it while this one waits for NATS.
  const find = () => findStream(manager);
  return await find() ??
    await withReplicas(async (copies) => await find() ?? await addStream(manager, copies));
}

async function findStream(manager: JetStreamManager): Promise<StreamInfo | undefined> {
  try {
    return await manager.streams.info(streamName);
  } catch (error) {
    if (codeOf(error) !== JetStreamApiCodes.StreamNotFound) throw error;
  }
}

async function addStream(manager: JetStreamManager, copies: number): Promise<StreamInfo> {
  try {
    return await manager.streams.add({
      name: streamName,
      subjects: [subject],
      max_age: maxAgeNanos,
      max_bytes: maxStreamBytes,
      num_replicas: copies,
    });
  } catch (error) {
    throw faultOf(error).kind === "no space" ? new NatsError(error, noSpaceSentence(error)) : error;
  }
}

/** "nats://user:password@one:4222,nats://two:4222": the first name and password apply to all servers. */
function serversAndLogin(url: string): { servers: string[]; user?: string; pass?: string; token?: string } {
  const [, name, password] = /^(?:\w+:\/\/)?([^:@/]+)(?::([^@/]*))?@/.exec(url) ?? [];
  const servers = url.split(",").map((one) => one.replace(/^(\w+:\/\/)?[^@/]*@/, "$1"));
  if (name === undefined) return { servers };
  const user = decodeURIComponent(name);
  return password === undefined
    ? { servers, token: user }
    : { servers, user, pass: decodeURIComponent(password) };
}

/** Throws when an event of one line can be larger than NATS accepts. */
export function checkPayload({ info }: NatsConnection): void {
  const { max_payload: maxBytes = minPayloadBytes } = info ?? {};
  if (maxBytes >= minPayloadBytes) return;
  throw new Error(
    `NATS accepts messages of at most ${maxBytes} bytes, and a chat needs ${minPayloadBytes}; ` +
      "raise max_payload in the configuration of nats-server",
  );
}

/**
 * Makes a stream with several copies, or with one where there are fewer NATS servers. The servers of a cluster can start
 * later than this machine, and a stream with one copy would stop with its server, so it waits for them for `peersMs`.
 */
export async function withReplicas<T>(
  add: (copies: number) => Promise<T>,
  peersMs: number = deadlines.natsPeersMs,
): Promise<T> {
  const untilMs = performance.now() + peersMs;
  for (;;) {
    try {
      return await add(replicas);
    } catch (error) {
      const cause = error instanceof NatsError ? error.cause : error;
      const code = codeOf(cause);
      // NATS 2.10 and later use one code for too few servers and for servers without space.
      const isSpace = cause instanceof Error && cause.message.includes("storage");
      if (isSpace || (code !== tooFewServers && code !== noCluster)) throw error;
      if (code === noCluster || performance.now() >= untilMs) return await add(1);
    }
    await new Promise((resolve) => setTimeout(resolve, peersRetryMs));
  }
}

/** In the configuration of NATS "1G" means 10⁹ bytes, and "1GB" means 2³⁰. */
function noSpaceSentence(error: unknown): string {
  return "NATS has no space for the events of a chat, which need up to 1 GiB beside the shared files " +
    `(${
      error instanceof Error ? error.message : error
    }); free space on its disk, or raise max_file_store in the block ` +
    '"jetstream" of nats-server or max_file of its account to more than "1GB"';
}

/** Throws when the stream does not have the events of a chat. */
export function checkSubjects(subjects: readonly string[]): void {
  if (subjects.includes(subject)) return;
  throw new Error(
    `The stream ${streamName} of this NATS belongs to another program, with the subjects ${
      subjects.join(", ")
    }; use another NATS server or account`,
  );
}

function codeOf(error: unknown): number | undefined {
  return error instanceof JetStreamApiError ? error.code : undefined;
}
