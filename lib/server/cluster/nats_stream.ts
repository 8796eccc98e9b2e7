/** The one stream of a chat, in JetStream: publishes under an id, reads in order. It does not know what an event is. */
import { deadlines } from "../../deadlines.ts";
import {
  type ConsumerMessages,
  DeliverPolicy,
  jetstream,
  type JetStreamClient,
  type JetStreamManager,
  jetstreamManager,
  type JetStreamPublishOptions,
  type JsMsg,
} from "@nats-io/jetstream";
import { headers, type NatsConnection, TimeoutError } from "@nats-io/transport-node";
import type { BusFault } from "./bus_fault.ts";
import { isWrongSequence, NatsError, TooLargeError } from "./nats_faults.ts";
import {
  checkPayload,
  checkSubjects,
  connectToNats,
  findOrAddStream,
  minPayloadBytes,
  streamName,
  subject,
} from "./nats_setup.ts";
import type { Position } from "./replica.ts";

const idHeader = "Nats-Msg-Id";
/** The interval between two questions while the answer is old. */
const oldEndRetryMs = 200;
/** Space for the headers of an event. */
const headerBytes = 256;
/**
 * An event has at most this share of the stream. NATS acknowledges a message that is larger than the whole stream, does
 * not store it, and deletes all others.
 */
const eventShare = 1 / 16;
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
  /**
   * The server that answered. In a NATS cluster it can lack the newest events; without a leader it lacks them for longer.
   * @default {only server}
   */
  readonly answeredBy?: "only server" | "leader" | "no leader";
}

/** The size of the stream in NATS, and its limit. */
export interface StreamFigures {
  readonly bytes: number;
  /** 0 without a limit. */
  readonly maxBytes: number;
}

/** The stream, over one connection that reconnects by itself. Its promises reject with a NatsError. */
export class NatsStream {
  readonly connection: NatsConnection;
  readonly manager: JetStreamManager;
  readonly #client: JetStreamClient;
  #messages: ConsumerMessages | undefined;
  #reading = 0;
  #fault: BusFault | undefined;
  #figures: StreamFigures = { bytes: 0, maxBytes: 0 };
  #maxStoredBytes = Infinity;
  #created = "";

  /** Takes over the connection; open() makes both. */
  constructor(connection: NatsConnection, manager: JetStreamManager) {
    this.connection = connection;
    this.manager = manager;
    this.#client = jetstream(connection, { timeout: deadlines.natsAnswerMs });
  }

  /**
   * Connects and makes the stream if there is none. Throws an Error with a sentence when NATS or its JetStream cannot be
   * reached, or is not set up for a chat.
   */
  static async open(url: string, name: string): Promise<NatsStream> {
    const connection = await connectToNats(url, name);
    try {
      const manager = await jetstreamManager(connection, {
        timeout: deadlines.natsAnswerMs,
        checkAPI: false,
      });
      const stream = new NatsStream(connection, manager);
      await stream.ends();
      checkPayload(connection);
      return stream;
    } catch (error) {
      await connection.close();
      throw error;
    }
  }

  /** The fault of the last request that failed; undefined when NATS has stored something since. */
  get fault(): BusFault | undefined {
    return this.#fault;
  }

  /** The name of the stream as of the last ends(). */
  get created(): string {
    return this.#created;
  }

  /** As of the last ends(). */
  get figures(): StreamFigures {
    return this.#figures;
  }

  /** The size of the largest event, in bytes. */
  get maxEventBytes(): number {
    const { max_payload: maxBytes = minPayloadBytes } = this.connection.info ?? {};
    return Math.floor(Math.min(maxBytes, this.#maxStoredBytes)) - headerBytes;
  }

  /** The ends of the stream. Makes the stream if it does not exist; an existing one keeps its configuration. */
  async ends(): Promise<Ends> {
    const { state, created, config, cluster } = await this.#ask(() => findOrAddStream(this.manager));
    checkSubjects(config.subjects);
    const size = config.max_msg_size > 0 ? config.max_msg_size : Infinity;
    const share = config.max_bytes > 0 ? config.max_bytes * eventShare : Infinity;
    this.#maxStoredBytes = Math.min(size, share);
    this.#created = created;
    this.#figures = { bytes: state.bytes, maxBytes: Math.max(0, config.max_bytes) };
    const answeredBy = cluster === undefined ? "only server" : cluster.leader ? "leader" : "no leader";
    return { stream: created, first: Math.max(1, state.first_seq), last: state.last_seq, answeredBy };
  }

  /**
   * ends(), from a server that knows this position. After a new leader was chosen, servers of a NATS cluster can answer
   * with an older end for a moment. It asks again for some seconds; then the stream has lost events, or it rejects because
   * no leader knows.
   */
  async endsFrom({ sequence, stream }: Position): Promise<Ends> {
    const deadline = performance.now() + deadlines.natsOldEndMs;
    for (;;) {
      const ends = await this.ends();
      if (ends.stream !== stream || ends.last >= sequence || ends.answeredBy === "only server") return ends;
      if (performance.now() >= deadline) {
        if (ends.answeredBy === "leader") return ends;
        throw new NatsError(new TimeoutError());
      }
      await new Promise((resolve) => setTimeout(resolve, oldEndRetryMs));
    }
  }

  /** When NATS got the message with this sequence, in milliseconds since 1970; undefined if it is deleted. */
  async timeOf(sequence: number): Promise<number | undefined> {
    const found = await this.#ask(() => this.manager.streams.getMessage(streamName, { seq: sequence }));
    return found?.time.getTime();
  }

  /** The bytes that the account of this NATS holds, and its limit; 0 without a limit. */
  async account(): Promise<StreamFigures> {
    const { storage, limits, tiers } = await this.manager.getAccountInfo();
    const parts = Object.values(tiers ?? {}).filter((part) => part !== undefined);
    if (parts.length === 0) return { bytes: storage, maxBytes: Math.max(0, limits.max_storage) };
    const bytes = parts.reduce((sum, part) => sum + part.storage, 0);
    return { bytes, maxBytes: parts.reduce((sum, part) => sum + Math.max(0, part.limits.max_storage), 0) };
  }

  /** Remembers the fault of a request that fails. */
  async #ask<T>(request: () => Promise<T>): Promise<T> {
    try {
      return await request();
    } catch (error) {
      const failure = error instanceof NatsError ? error : new NatsError(error);
      if (failure.fault.kind !== "too large") this.#fault = failure.fault;
      throw failure;
    }
  }

  /** Publishes with an answer. */
  async #store(text: string, options: Partial<JetStreamPublishOptions>): Promise<number> {
    this.#checkSize(text);
    const { seq } = await this.#ask(() => this.#client.publish(subject, text, options));
    this.#fault = undefined;
    return seq;
  }

  #checkSize(text: string): void {
    const maxBytes = this.maxEventBytes;
    // A letter has at most three bytes in UTF-8 for each unit of a string.
    if (text.length * 3 <= maxBytes) return;
    const { length } = new TextEncoder().encode(text);
    if (length > maxBytes) throw new NatsError(new TooLargeError(length, maxBytes));
  }

  /** Publishes once under an id without an answer, which costs a third. Throws a NatsError when the text is too large. */
  put(text: string, id: string): void {
    this.#checkSize(text);
    const fields = headers();
    fields.set(idHeader, id);
    this.connection.publish(subject, text, { headers: fields });
  }

  /** Publishes once under an id; returns the sequence. Rejects if NATS refuses, or if the result is unknown. */
  async publish(text: string, id: string): Promise<number> {
    return await this.#store(text, { msgID: id });
  }

  /** Publishes an empty message only if `last` is still the newest; whether it did. */
  async claim(last: number): Promise<boolean> {
    try {
      await this.#store("", { expect: { lastSequence: last } });
      return true;
    } catch (error) {
      if (isWrongSequence(error)) return false;
      throw error;
    }
  }

  /** Publishes an empty message; rejects when the stream does not accept it. */
  async touch(): Promise<void> {
    await this.#store("", {});
  }

  /** Reads from after `sequence`, in place of an earlier reading. */
  async follow(sequence: number, receive: (message: StreamMessage) => void): Promise<void> {
    this.stop();
    const reading = ++this.#reading;
    const messages = await this.#ask(async () => {
      const consumer = await this.#client.consumers.get(streamName, {
        deliver_policy: DeliverPolicy.StartSequence,
        opt_start_seq: sequence + 1,
        inactive_threshold: 30_000,
      });
      return await consumer.consume({
        max_messages: 2000,
        expires: deadlines.natsPullMs,
        idle_heartbeat: 1000,
        callback: (message) => {
          if (reading === this.#reading) receive(received(message));
        },
      });
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

function received(message: JsMsg): StreamMessage {
  return {
    sequence: message.seq,
    ms: Number(message.timestampNanos / 1_000_000n),
    id: message.headers?.get(idHeader) ?? "",
    text: message.string(),
  };
}
