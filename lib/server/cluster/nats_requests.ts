/**
 * What machines ask each other directly, past the stream: who is there, a snapshot, a page of history. A question goes
 * to one machine; its answer may be larger than NATS carries at once and comes in parts, in order. An answer that does
 * not come whole in time is an error, and asking again is the asker's business.
 */
import { headers, type NatsConnection, RequestError, type Subscription } from "@nats-io/transport-node";

/** Below NATS' usual limit of 1 MiB with room for the headers. */
const partBytes = 512 * 1024;
/** How long the next part of an answer may take; a large snapshot takes a while to be put together. */
const patienceMs = 10_000;
/** How long anybody may take to say that it is there. */
const greetingMs = 1000;
const countHeader = "Parley-Parts";
const faultHeader = "Parley-Fault";

/** What came of asking whether anybody is there. */
export type Greeting =
  | { readonly kind: "ready"; readonly machine: string }
  /** Somebody is about to be ready. */
  | { readonly kind: "starting" }
  /** Nobody listens, which NATS itself says. */
  | { readonly kind: "nobody" }
  /** Whoever listens did not answer in time. */
  | { readonly kind: "silence" };

/** Questions and answers between the machines of one chat. */
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

  /** Whether another machine is there. */
  async greet(): Promise<Greeting> {
    try {
      const answer = await this.#connection.request(`${this.#prefix}.hello`, this.#machine, {
        timeout: greetingMs,
      });
      const machine = answer.string();
      return machine === "" ? { kind: "starting" } : { kind: "ready", machine };
    } catch (error) {
      return { kind: isNobody(error) ? "nobody" : "silence" };
    }
  }

  /** From now on others who ask are told that this machine is about to be ready. */
  announce(): void {
    this.#greeting ??= this.#connection.subscribe(`${this.#prefix}.hello`, {
      callback: (error, message) => {
        if (error || message.string() === this.#machine) return;
        message.respond(this.#ready ? this.#machine : "");
      },
    });
  }

  /** From now on questions are answered; `answer` gives what is sent as JSON. */
  serve(answer: (question: unknown) => unknown): void {
    this.#ready = true;
    this.announce();
    this.#answering ??= this.#connection.subscribe(`${this.#prefix}.machine.${this.#machine}`, {
      callback: (error, message) => {
        if (error || message.reply === undefined) return;
        void this.#reply(message.reply, () => answer(message.json()));
      },
    });
  }

  /** Not there for the others any more. */
  withdraw(): void {
    this.#ready = false;
    this.#greeting?.unsubscribe();
    this.#answering?.unsubscribe();
    this.#greeting = this.#answering = undefined;
  }

  /** A machine's answer. Throws when it does not come whole. */
  async ask(machine: string, question: unknown): Promise<unknown> {
    const inbox = `${this.#prefix}.answer.${crypto.randomUUID()}`;
    const subscription = this.#connection.subscribe(inbox);
    const parts: Uint8Array[] = [];
    const giveUp = () => subscription.unsubscribe();
    let timer = setTimeout(giveUp, patienceMs);
    try {
      this.#connection.publish(`${this.#prefix}.machine.${machine}`, JSON.stringify(question), {
        reply: inbox,
      });
      for await (const message of subscription) {
        const fault = message.headers?.get(faultHeader);
        if (fault) throw new Error(`Cannot answer on machine "${machine}": ${fault}`);
        if (message.headers?.code === 503) throw new Error(`Machine "${machine}" is gone`);
        clearTimeout(timer);
        timer = setTimeout(giveUp, patienceMs);
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
      const given = answer();
      const text = JSON.stringify(given instanceof Promise ? await given : given) ?? "null";
      const bytes = new TextEncoder().encode(text);
      const count = Math.max(1, Math.ceil(bytes.length / partBytes));
      fields.set(countHeader, String(count));
      for (let at = 0; at < count; at++) {
        const part = bytes.subarray(at * partBytes, (at + 1) * partBytes);
        this.#connection.publish(to, part, { headers: fields });
      }
    } catch (error) {
      if (this.#connection.isClosed()) return;
      fields.set(faultHeader, String(error).replace(/[\r\n]+/g, " "));
      this.#connection.publish(to, "", { headers: fields });
    }
  }
}

function joined(parts: readonly Uint8Array[]): string {
  const decoder = new TextDecoder();
  return parts.map((part) => decoder.decode(part, { stream: true })).join("") + decoder.decode();
}

/** NATS says at once when nobody listens to a subject. */
function isNobody(error: unknown): boolean {
  return error instanceof RequestError && error.isNoResponders();
}
