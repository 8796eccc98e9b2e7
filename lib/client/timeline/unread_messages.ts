/** The messages of one buffer that the person has not read: how many, and how many are for this person. Pure. */

/** This many are known by their key, so that they can be removed; of earlier ones only the time is known. */
const maxKnown = 5_000;

interface UnreadMessage {
  readonly at: number;
  readonly isMention: boolean;
}

/** Unread messages in the order of their arrival. */
export class UnreadMessages {
  readonly #known = new Map<string, UnreadMessage>();
  /** The mentions among the known ones. */
  #mentions = 0;
  /** The times of earlier messages, and of the mentions among them. */
  #earlierAt: number[] = [];
  #earlierMentionsAt: number[] = [];

  get count(): number {
    return this.#earlierAt.length + this.#known.size;
  }

  get mentions(): number {
    return this.#earlierMentionsAt.length + this.#mentions;
  }

  add(key: string, at: number, isMention: boolean): void {
    if (this.#known.has(key)) return;
    this.#known.set(key, { at, isMention });
    if (isMention) this.#mentions++;
    for (const [oldest, message] of this.#known) {
      if (this.#known.size <= maxKnown) break;
      this.remove(oldest);
      this.#earlierAt.push(message.at);
      if (message.isMention) this.#earlierMentionsAt.push(message.at);
    }
  }

  /** One of them is read or deleted. */
  remove(key: string): void {
    const message = this.#known.get(key);
    if (message === undefined) return;
    this.#known.delete(key);
    if (message.isMention) this.#mentions--;
  }

  /** The messages up to a time are read. */
  markRead(upTo: number): void {
    for (const [key, { at }] of this.#known) if (at <= upTo) this.remove(key);
    this.#earlierAt = this.#earlierAt.filter((at) => at > upTo);
    this.#earlierMentionsAt = this.#earlierMentionsAt.filter((at) => at > upTo);
  }
}
