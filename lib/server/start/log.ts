/**
 * The log: entries as lines of text or JSON, on standard error. Nothing here throws or waits: a write runs beside the
 * chat, lines wait in a bounded buffer while a slow reader reads, and what does not fit is dropped and counted (with
 * console.error, a pipe that nobody reads stops the whole program: Deno 2.9.6). Of many entries of one kind a part is
 * written, and the rest is counted by address.
 */
import { Buffer } from "node:buffer";
import { Bucket } from "../chat/throttle.ts";
import {
  type Log,
  logEntries,
  type LogEntry,
  type LogEntryName,
  type LogLevel,
  logLevels,
  type LogValue,
} from "../chat/log_entries.ts";
import type { Settings } from "../settings/settings.ts";
import { formatJson, formatText, type LogRecord } from "./log_format.ts";
import { LeftOut } from "./log_left_out.ts";

/** The options of a log. */
export interface LogOptions {
  /** Writes bytes and resolves to their number, as Deno.stderr.write. */
  readonly write: (bytes: Uint8Array) => Promise<number>;
  /** @default {"text"} */
  readonly format?: "text" | "json";
  /** The least severe level that is written. @default {"info"} */
  readonly level?: LogLevel;
  /**
   * Lines begin with "<6>", which the journal of systemd takes as their level; the journal has its own times.
   * @default {false}
   */
  readonly toJournal?: boolean;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** @default {performance.now} */
  readonly monotonic?: () => number;
}

/** Lines that wait for a slow reader: about 5000. */
const maxWaitingBytes = 1024 * 1024;
/** The entries of one kind that are all written, and those per second after that. */
const entryRate = { burst: 100, perSecond: 10 };
const summaryMs = 10_000;

/** The log of a program. */
export class LogOutput {
  readonly #options: LogOptions;
  readonly #now: () => number;
  readonly #monotonic: () => number;
  readonly #buckets = new Map<LogEntryName, Bucket>();
  readonly #leftOut = new LeftOut();
  readonly #encoder = new TextEncoder();
  #waiting: Uint8Array[] = [];
  #waitingBytes = 0;
  #lost = 0;
  #isWriting = false;
  #summaryTimer: ReturnType<typeof setTimeout> | undefined;
  #idle = Promise.withResolvers<void>();

  constructor(options: LogOptions) {
    this.#options = options;
    this.#now = options.now;
    this.#monotonic = options.monotonic ?? (() => performance.now());
  }

  /** Writes a sentence. */
  readonly log: Log = (level, text) => this.#add("notice", level, { text });

  /** Writes an entry. */
  readonly entry: LogEntry = (name, fields) => this.#add(name, logEntries[name].level, fields);

  /** Resolves when all lines are written, or after `limitMs`. */
  async flush(limitMs: number): Promise<void> {
    clearTimeout(this.#summaryTimer);
    this.#summarize();
    if (!this.#isWriting) return;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const late = new Promise<void>((resolve) => timer = setTimeout(resolve, limitMs));
    await Promise.race([this.#idle.promise, late]);
    clearTimeout(timer);
  }

  #add(name: LogEntryName, level: LogLevel, fields: Readonly<Record<string, LogValue>>): void {
    if (logLevels.indexOf(level) > logLevels.indexOf(this.#options.level ?? "info")) return;
    if (!this.#admits(name)) {
      this.#leftOut.add(name, fields["address"]);
      this.#summaryTimer ??= unref(setTimeout(() => this.#summarize(), summaryMs));
      return;
    }
    this.#print({ timeMs: this.#now(), level, name, fields });
  }

  #admits(name: LogEntryName): boolean {
    if ("always" in logEntries[name]) return true;
    const nowMs = this.#monotonic();
    let bucket = this.#buckets.get(name);
    if (bucket === undefined) this.#buckets.set(name, bucket = new Bucket(entryRate, nowMs));
    return bucket.tryTake(nowMs);
  }

  #summarize(): void {
    this.#summaryTimer = undefined;
    for (const fields of this.#leftOut.take()) this.entry("entries left out", fields);
  }

  #print(record: LogRecord): void {
    const { format, toJournal = false } = this.#options;
    const text = format === "json" ? formatJson(record, toJournal) : formatText(record, toJournal);
    const bytes = this.#encoder.encode(`${text}\n`);
    if (this.#waitingBytes + bytes.length > maxWaitingBytes) {
      this.#lost++;
      return;
    }
    this.#waiting.push(bytes);
    this.#waitingBytes += bytes.length;
    if (!this.#isWriting) void this.#write();
  }

  async #write(): Promise<void> {
    this.#isWriting = true;
    this.#idle = Promise.withResolvers();
    while (this.#waiting.length > 0) {
      const lines = this.#waiting;
      this.#waiting = [];
      const bytes = Buffer.concat(lines);
      const isWritten = await this.#writeAll(bytes);
      this.#waitingBytes -= bytes.length;
      if (isWritten) this.#tellLost();
      else this.#lost += lines.length;
    }
    this.#isWriting = false;
    this.#idle.resolve();
  }

  /** False if the disk of the log is full, or its reader has ended. */
  async #writeAll(bytes: Uint8Array): Promise<boolean> {
    try {
      for (let sent = 0; sent < bytes.length;) sent += await this.#options.write(bytes.subarray(sent));
      return true;
    } catch {
      return false;
    }
  }

  #tellLost(): void {
    const count = this.#lost;
    this.#lost = 0;
    if (count > 0) this.entry("lines lost", { count });
  }
}

/** The log of the settings on standard error. */
export function openLog(
  { log, logLevel }: Pick<Settings, "log" | "logLevel">,
  now: () => number,
): LogOutput {
  return new LogOutput({
    write: (bytes) => Deno.stderr.write(bytes),
    format: log,
    level: logLevel,
    toJournal: isJournal(),
    now,
  });
}

/** systemd sets the variable where standard output or error go to its journal. Without the permission it is not read. */
function isJournal(): boolean {
  try {
    return Deno.env.has("JOURNAL_STREAM");
  } catch {
    return false;
  }
}

function unref(timer: ReturnType<typeof setTimeout>): ReturnType<typeof setTimeout> {
  Deno.unrefTimer(Number(timer));
  return timer;
}
