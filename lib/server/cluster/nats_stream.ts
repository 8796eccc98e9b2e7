/** The one stream of a chat, in JetStream: publishes under an id, reads in order. It does not know what an event is. */
import {
  type ConsumerMessages,
  DeliverPolicy,
  jetstream,
  JetStreamApiCodes,
  JetStreamApiError,
  type JetStreamClient,
  type JetStreamManager,
  jetstreamManager,
  type JsMsg,
  type StreamInfo,
} from "@nats-io/jetstream";
import { connect, headers, type NatsConnection } from "@nats-io/transport-node";

/** The beginning of all subjects of the chat. */
export const prefix = "parley";
const streamName = "PARLEY";
const subject = `${prefix}.events`;
const idHeader = "Nats-Msg-Id";
/** The age at which the stream deletes events. A machine that was away for longer takes a snapshot. */
const maxAgeNanos = 24 * 3600 * 1e9;
/** The size limit of the stream: about three million messages. */
const maxStreamBytes = 1024 ** 3;
/** The number of copies in a NATS cluster; one copy where there are fewer servers. */
export const replicas = 3;
/** The longest time until NATS answers. */
const timeoutMs = 3000;

/** One message of the stream. */
export interface StreamMessage {
  readonly sequence: number;
  /** Milliseconds since 1970, by the clock of NATS. */
  readonly ms: number;
  /** The id it was published under; "" without. */
  readonly id: string;
  /** Empty for a claim. */
  readonly text: string;
}

/** The sequences of the oldest and the newest message; `first` is one past `last` when there is none. */
export interface Ends {
  /** The time when the stream was created: a new stream has new sequences. */
  readonly stream: string;
  readonly first: number;
  readonly last: number;
}

/** The stream, over one connection that reconnects by itself. */
export class NatsStream {
  readonly connection: NatsConnection;
  readonly #manager: JetStreamManager;
  readonly #client: JetStreamClient;
  #messages: ConsumerMessages | undefined;
  #reading = 0;

  /** Takes over the connection; open() makes both. */
  constructor(connection: NatsConnection, manager: JetStreamManager) {
    this.connection = connection;
    this.#manager = manager;
    this.#client = jetstream(connection, { timeout: timeoutMs });
  }

  /** Connects and makes the stream if there is none. Throws when NATS or its JetStream cannot be reached. */
  static async open(url: string, name: string): Promise<NatsStream> {
    const connection = await connect({
      ...serversAndLogin(url),
      name,
      maxReconnectAttempts: -1,
      // A password can be wrong for a while, for example while it is changed.
      ignoreAuthErrorAbort: true,
      reconnectTimeWait: 250,
      reconnectJitter: 100,
      pingInterval: 5000,
      maxPingOut: 2,
    });
    try {
      const manager = await jetstreamManager(connection, { timeout: timeoutMs });
      const stream = new NatsStream(connection, manager);
      await stream.ends();
      return stream;
    } catch (error) {
      await connection.close();
      throw error;
    }
  }

  /** The ends of the stream. Makes the stream if it does not exist; an existing one keeps its configuration. */
  async ends(): Promise<Ends> {
    const { state, created } = await this.#manager.streams.info(streamName).catch((error) => {
      if (!isNatsRefusal(error) || error.code !== JetStreamApiCodes.StreamNotFound) throw error;
      return this.#add(replicas).catch(() => this.#add(1));
    });
    return { stream: created, first: Math.max(1, state.first_seq), last: state.last_seq };
  }

  #add(copies: number): Promise<StreamInfo> {
    return this.#manager.streams.add({
      name: streamName,
      subjects: [subject],
      max_age: maxAgeNanos,
      max_bytes: maxStreamBytes,
      num_replicas: copies,
    });
  }

  /** Publishes once under an id without an answer, which costs a third; throws when the text is too large. */
  put(text: string, id: string): void {
    const fields = headers();
    fields.set(idHeader, id);
    this.connection.publish(subject, text, { headers: fields });
  }

  /**
   * Publishes once under an id; returns the sequence. Throws if the result is unknown, or if NATS refuses
   * (isNatsRefusal).
   */
  async publish(text: string, id: string): Promise<number> {
    return (await this.#client.publish(subject, text, { msgID: id })).seq;
  }

  /** Publishes an empty message only if `last` is still the newest; whether it did. */
  async claim(last: number): Promise<boolean> {
    try {
      await this.#client.publish(subject, "", { expect: { lastSequence: last } });
      return true;
    } catch (error) {
      if (isNatsRefusal(error)) return false;
      throw error;
    }
  }

  /** Publishes an empty message; throws when the stream does not accept it. */
  async touch(): Promise<void> {
    await this.#client.publish(subject, "");
  }

  /** Reads from after `sequence`, in place of an earlier reading. */
  async follow(sequence: number, receive: (message: StreamMessage) => void): Promise<void> {
    this.stop();
    const reading = ++this.#reading;
    const consumer = await this.#client.consumers.get(streamName, {
      deliver_policy: DeliverPolicy.StartSequence,
      opt_start_seq: sequence + 1,
      inactive_threshold: 30_000,
    });
    const messages = await consumer.consume({
      max_messages: 2000,
      expires: 10_000,
      idle_heartbeat: 1000,
      callback: (message) => {
        if (reading === this.#reading) receive(received(message));
      },
    });
    if (reading === this.#reading) this.#messages = messages;
    else messages.stop();
  }

  /** Stops reading. */
  stop(): void {
    this.#reading++;
    this.#messages?.stop();
    this.#messages = undefined;
  }

  async close(): Promise<void> {
    this.stop();
    await this.connection.close();
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

/** Whether NATS itself refused, so that the message is not in the stream. */
export function isNatsRefusal(error: unknown): error is JetStreamApiError {
  return error instanceof JetStreamApiError;
}

function received(message: JsMsg): StreamMessage {
  return {
    sequence: message.seq,
    ms: Number(message.timestampNanos / 1_000_000n),
    id: message.headers?.get(idHeader) ?? "",
    text: message.string(),
  };
}
