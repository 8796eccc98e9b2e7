/**
 * The text of a message in the stream: one event, or the events that a machine committed in one tick, in their order. Pure.
 */

/** An event and the session that asked for it, "" for none. */
export interface SentEvent<E> {
  readonly event: E;
  readonly by: string;
}

/** The content of a message. */
export interface EventMessage<E> {
  /** In the order in which they are applied. */
  readonly events: readonly SentEvent<E>[];
  /** When the first one was committed, in milliseconds since 1970. */
  readonly at?: number;
}

/** An event in the form of messageText(). */
export function eventText(event: unknown, by: string): string {
  return `{"event":${JSON.stringify(event)},"by":${JSON.stringify(by)}`;
}

/** The text of a message; `texts` are those of eventText(). */
export function messageText(texts: readonly { readonly text: string }[], atMs: number): string {
  const [first] = texts;
  if (texts.length === 1 && first !== undefined) return `${first.text},"at":${atMs}}`;
  return `{"events":[${texts.map(({ text }) => `${text}}`).join()}],"at":${atMs}}`;
}

/** Undefined if another program wrote it. */
export function parseMessage<E>(text: string): EventMessage<E> | undefined {
  let parsed: Partial<SentEvent<E> & EventMessage<E>> | null;
  try {
    parsed = JSON.parse(text);
  } catch {
    return undefined;
  }
  const events: unknown = parsed?.events ?? [parsed];
  if (!Array.isArray(events) || !events.every(isSentEvent<E>)) return undefined;
  return { events, ...(parsed?.at !== undefined && { at: parsed.at }) };
}

function isSentEvent<E>(sent: Partial<SentEvent<E>> | null): sent is SentEvent<E> {
  return sent?.event !== undefined && typeof sent.by === "string";
}
