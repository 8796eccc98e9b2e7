/**
 * Lines from a server, put together again: the lines of a batch, the pieces of a message of several lines, and the
 * answer to each labelled command. It keeps no state of the chat.
 */
import { type Message, parse } from "../../lib/irc/message.ts";

/** A message; several lines of a batch are one, with LF between them. */
export interface Whole {
  readonly message: Message;
  /** Part of the answer to a request for history or a search, not something that happens now. */
  readonly isPast: boolean;
  /** The label of the command that it answers. */
  readonly label: string | undefined;
}

interface Batch {
  readonly type: string;
  readonly opening: Message;
  readonly isPast: boolean;
  readonly label: string | undefined;
  /** The lines of a draft/multiline batch. */
  readonly lines: { readonly text: string; readonly joins: boolean; readonly message: Message }[];
}

/** Reads the lines of one connection. */
export class AnswerReader {
  readonly #batches = new Map<string, Batch>();
  readonly #answers = new Map<string, { take: (answer: Message[]) => void; messages: Message[] }>();

  /** Expects an answer; it is complete when its only line, or the end of its batch, arrives. */
  expect(label: string): Promise<Message[]> {
    return new Promise((take) => this.#answers.set(label, { take, messages: [] }));
  }

  /** The message that this line completes, if it does; bookkeeping of batches is none. */
  read(line: string): Whole | undefined {
    const message = parse(line);
    if (message === undefined) throw new Error(`Not a message: "${line}"`);
    const { tags, command, params } = message;
    const outer = this.#batches.get(tags.get("batch") ?? "");
    const label = tags.get("label") ?? outer?.label;
    if (command === "BATCH") return this.#batch(message, outer, label);
    if (outer?.type === "draft/multiline") {
      const joins = tags.has("draft/multiline-concat");
      outer.lines.push({ text: params[1] ?? "", joins, message });
      return undefined;
    }
    const whole = { message, isPast: outer?.isPast ?? false, label };
    this.#note(whole);
    if (tags.has("label")) this.#complete(tags.get("label"));
    return whole;
  }

  #batch(message: Message, outer: Batch | undefined, label: string | undefined): Whole | undefined {
    const [reference = "", type = ""] = message.params;
    const id = reference.slice(1);
    if (reference.startsWith("+")) {
      const isPast = (outer?.isPast ?? false) || type === "chathistory" || type === "soju.im/search";
      this.#batches.set(id, { type, opening: message, isPast, label, lines: [] });
      return undefined;
    }
    const batch = this.#batches.get(id);
    this.#batches.delete(id);
    const whole = batch?.type === "draft/multiline" ? joined(batch) : undefined;
    if (whole !== undefined) this.#note(whole);
    if (batch?.opening.tags.has("label")) this.#complete(batch.opening.tags.get("label"));
    return whole;
  }

  #note({ message, label }: Whole): void {
    if (label !== undefined) this.#answers.get(label)?.messages.push(message);
  }

  #complete(label = ""): void {
    const answer = this.#answers.get(label);
    this.#answers.delete(label);
    answer?.take(answer.messages);
  }
}

function joined({ opening, isPast, label, lines }: Batch): Whole | undefined {
  const [first] = lines;
  if (first === undefined) return undefined;
  const text = lines.map(({ text, joins }, at) => at === 0 || joins ? text : `\n${text}`).join("");
  const [target = ""] = first.message.params;
  const message = {
    ...first.message,
    tags: new Map([...first.message.tags, ...opening.tags]),
    source: opening.source || first.message.source,
    params: [target, text],
  };
  return { message, isPast, label };
}

/** The sentence of a refusal, "" if it has none; undefined if the answer is no refusal. */
export function refusalIn(answer: readonly Message[]): string | undefined {
  const refusal = answer.find(({ command }) => command === "FAIL" || /^[45]\d\d$/.test(command));
  return refusal === undefined ? undefined : refusal.params.at(-1) ?? "";
}
