/**
 * The timeline of one buffer: its newest part, the older part that the person reads, and the place of the separator
 * before new messages. Plain data.
 */
import { EntryList } from "./entry_list.ts";
import type { TimelineEntry } from "./timeline_entry.ts";

/** The entries of one buffer, and where the new ones begin. client/state/unread.ts counts what is unread. */
export interface Timeline {
  /** The part that is shown: the newest one, or an older one while the person reads there. */
  readonly shown: EntryList;
  /** The entries of this part; a later change of the timeline changes this array too. */
  readonly entries: readonly TimelineEntry[];
  /** The person has read up to this time, on any device; 0 when it is not known. */
  readonly readAt: number;
  /** The "New messages" separator is after this time; undefined for no separator. */
  readonly separatorAt: number | undefined;
  /** The server has no messages before this part. */
  readonly isComplete: boolean;
  /** There are no messages after this part. */
  readonly isLatest: boolean;
}

/** The keys of the first and the last entry in sight. */
export interface ReadingPlace {
  readonly first: string;
  readonly last: string;
}

/** Above `max` entries a part is shortened, and the newest `kept` stay; the server still has the others. */
const limits = { max: 3_000, kept: 1_000 };
/** The same for a buffer that is not shown, and that the server has in any case: there can be hundreds. */
const shortLimits = { max: 400, kept: 200 };
/** This many entries stay on both sides of those that the person reads. */
const marginEntries = 300;

/** One part of a timeline without gaps. */
export interface Part {
  readonly list: EntryList;
  isComplete: boolean;
}

/** The entries of one buffer in memory; `older` while the person reads an older part. */
export class BufferTimeline implements Timeline {
  latest: Part = { list: new EntryList(), isComplete: false };
  /** The older part that the person reads. */
  older: Part | undefined;
  readAt = 0;
  separatorAt: number | undefined;
  /** The time of the newest message. */
  newestAt = 0;
  /** The missed messages that arrive continue those of the page before; more pages follow. */
  missed = { isContinued: false, hasMore: false };

  get part(): Part {
    return this.older ?? this.latest;
  }

  get shown(): EntryList {
    return this.part.list;
  }

  get entries(): readonly TimelineEntry[] {
    return this.part.list.entries;
  }

  get isComplete(): boolean {
    return this.part.isComplete;
  }

  get isLatest(): boolean {
    return this.older === undefined;
  }

  /** Adds another timeline of the same person. */
  add(other: BufferTimeline): void {
    for (const entry of other.latest.list.entries) this.latest.list.insert(entry);
    // Between the two there can be messages that are not in memory.
    this.latest.isComplete &&= other.latest.isComplete;
    this.readAt = Math.max(this.readAt, other.readAt);
    this.newestAt = Math.max(this.newestAt, other.newestAt);
    this.separatorAt ??= other.separatorAt;
  }

  /** The parts in memory. */
  get parts(): readonly Part[] {
    return this.older === undefined ? [this.latest] : [this.latest, this.older];
  }

  /**
   * Shortens parts with too many entries. `readingIn` returns the first and the last entry that the person sees while
   * reading older ones: entries around them stay, as an older part when the newest one has grown away from it. A part
   * is shortened earlier when it can be short, because nobody sees it.
   */
  trim(readingIn: () => ReadingPlace | undefined = () => undefined, isShort = false): void {
    const { max, kept } = isShort ? shortLimits : limits;
    if (this.parts.every(({ list }) => list.entries.length <= max)) return;
    const { older, latest, shown } = this;
    const reading = readingIn();
    const [first, last] = [shown.indexOf(reading?.first), shown.indexOf(reading?.last)];
    if (first >= 0 && last >= 0 && shown.entries.length > max) {
      const start = Math.max(0, first - marginEntries);
      const end = last + 1 + marginEntries;
      const newest = shown.entries.length - kept;
      if (older !== undefined) return keepEntries(older, start, end);
      if (end > newest) return keepEntries(latest, Math.min(start, newest));
      const isComplete = latest.isComplete && start === 0;
      this.older = { list: new EntryList(shown.entries.slice(start, end)), isComplete };
    }
    const { length } = latest.list.entries;
    if (length > max) keepEntries(latest, length - kept);
  }
}

/** The timeline of a buffer without messages. */
export const emptyTimeline: Timeline = new BufferTimeline();

/** Keeps the entries of a part from one index on, up to another. */
function keepEntries(part: Part, start: number, end?: number): void {
  if (start > 0) part.isComplete = false;
  part.list.keep(Math.max(0, start), end);
}
