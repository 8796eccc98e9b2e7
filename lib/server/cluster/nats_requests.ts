/**
 * Requests between machines that do not go through the stream: a greeting, a snapshot, a page of history. A request
 * goes to one machine. The answer can be larger than a NATS message, so it travels in parts, in order. An answer that
 * does not arrive completely in time is an error; this file does not repeat the request.
 */
import { deadlines } from "../../deadlines.ts";
import { headers, type NatsConnection, RequestError, type Subscription } from "@nats-io/transport-node";

/** The largest part of an answer: below NATS' usual limit of 1 MiB. A smaller limit makes smaller parts. */
const maxPartBytes = 512 * 1024;
/** Space for the headers of a part. */
const headerBytes = 256;
const countHeader = "Parley-Parts";
const faultHeader = "Parley-Fault";

/** The answer to a greeting. */
export type Greeting =
  | { readonly kind: "ready"; readonly machine: string }
  /** Another machine is joining. */
  | { readonly kind: "starting" }
  /** NATS itself says that no machine listens. */
  | { readonly kind: "nobody" }
  /** A machine listens and did not answer in time. */
  | { readonly kind: "silence" };

/** Requests and answers between the machines of one chat. */
export class NatsRequests {
  readonly #connection: NatsConnection;
  readonly #prefix: string;
  readonly #machine: string;
  #greeting: Subscription | undefined;
  #answering: Subscription | undefined;
  #ready = false;

  constructor(connection: NatsConnection, prefix: string, machine: string) {
    this.#connection = connection;
    this.#prefix = prefix;
    this.#machine = machine;
  }

  /** Asks whether another machine is ready. */
  async greet(): Promise<Greeting> {
    try {
      const answer = await this.#connection.request(`${this.#prefix}.hello`, this.#machine, {
        timeout: deadlines.machineGreetingMs,
      });
      const machine = answer.string();
      return machine === "" ? { kind: "starting" } : { kind: "ready", machine };
    } catch (error) {
      return { kind: hasNoResponder(error) ? "nobody" : "silence" };
    }
  }

  /** Makes this machine answer greetings: it is joining. */
  announce(): void {
    this.#greeting ??= this.#connection.subscribe(`${this.#prefix}.hello`, {
      callback: (error, message) => {
        if (error || message.string() === this.#machine) return;
        message.respond(this.#ready ? this.#machine : "");
      },
    });
  }

  /** Makes this machine ready, so that it answers requests; the result of `answer` is sent as JSON. */
  serve(answer: (question: unknown) => unknown): void {
    this.#ready = true;
    this.announce();
    this.#answering ??= this.#connection.subscribe(`${this.#prefix}.machine.${this.#machine}`, {
      callback: (error, message) => {
        if (error || message.reply === undefined) return;
        void this.#reply(message.reply, () => this.#answer(answer, message.json()));
      },
    });
  }

  /** Answers no greetings, and refuses questions: another machine would wait long for an answer that does not come. */
  withdraw(): void {
    this.#ready = false;
    this.#greeting?.unsubscribe();
    this.#greeting = undefined;
  }

  #answer(answer: (question: unknown) => unknown, question: unknown): unknown {
    if (!this.#ready) throw new Error("it is not ready any more");
    return answer(question);
  }

  /** The answer of a machine. Throws if it does not arrive completely. */
  async ask(machine: string, question: unknown): Promise<unknown> {
    const inbox = `${this.#prefix}.answer.${crypto.randomUUID()}`;
    const subscription = this.#connection.subscribe(inbox);
    const parts: Uint8Array[] = [];
    const giveUp = () => subscription.unsubscribe();
    let timer = setTimeout(giveUp, deadlines.machineAnswerMs);
    try {
      this.#connection.publish(`${this.#prefix}.machine.${machine}`, JSON.stringify(question), {
        reply: inbox,
      });
      for await (const message of subscription) {
        const fault = message.headers?.get(faultHeader);
        if (fault) throw new Error(`Machine "${machine}" cannot answer: ${fault}`);
        if (message.headers?.code === 503) throw new Error(`Machine "${machine}" is not running`);
        clearTimeout(timer);
        timer = setTimeout(giveUp, deadlines.machineAnswerMs);
        parts.push(message.data);
        if (parts.length === Number(message.headers?.get(countHeader))) return JSON.parse(joined(parts));
      }
    } finally {
      clearTimeout(timer);
      subscription.unsubscribe();
    }
    throw new Error(`Machine "${machine}" did not answer`);
  }

  async #reply(to: string, answer: () => unknown): Promise<void> {
    const fields = headers();
    try {
      const result = answer();
      const text = JSON.stringify(result instanceof Promise ? await result : result) ?? "null";
      const bytes = new TextEncoder().encode(text);
      const { max_payload: limit = maxPartBytes } = this.#connection.info ?? {};
      const partBytes = Math.min(maxPartBytes, limit - headerBytes);
      const count = Math.max(1, Math.ceil(bytes.length / partBytes));
      fields.set(countHeader, String(count));
      for (let at = 0; at < count; at++) {
        const part = bytes.subarray(at * partBytes, (at + 1) * partBytes);
        this.#connection.publish(to, part, { headers: fields });
      }
    } catch (error) {
      if (this.#connection.isClosed()) return;
      const reason = error instanceof Error ? error.message : String(error);
      fields.set(faultHeader, reason.replace(/[\r\n]+/g, " "));
      this.#connection.publish(to, "", { headers: fields });
    }
  }
}

function joined(parts: readonly Uint8Array[]): string {
  const decoder = new TextDecoder();
  return parts.map((part) => decoder.decode(part, { stream: true })).join("") + decoder.decode();
}

/** NATS says at once when a subject has no subscriber. */
function hasNoResponder(error: unknown): boolean {
  return error instanceof RequestError && error.isNoResponders();
}
