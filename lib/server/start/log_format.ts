/** An entry of the log as a line of text or JSON. Nobody can forge a line: each begins with what this file writes. */
import type { LogEntryName, LogLevel, LogValue } from "../chat/log_entries.ts";

/** One entry. */
export interface LogRecord {
  /** Milliseconds since 1970. */
  readonly timeMs: number;
  readonly level: LogLevel;
  readonly name: LogEntryName;
  readonly fields: Readonly<Record<string, LogValue>>;
}

/** The levels of syslog (RFC 5424), which systemd's journal reads at the beginning of a line (sd-daemon(3)). */
const syslogLevels: Readonly<Record<LogLevel, number>> = { error: 3, warning: 4, info: 6 };
/** A longer value is cut. */
const maxValue = 500;
/** A longer sentence, for example with a stack, is cut. */
const maxSentence = 16_384;

/** Control characters, invisible ones, and those that change the direction of writing. */
const unsafe = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu;
const bare = /^[\w.:@#/+*,!~[\]{}|^`$%&()-]+$/;

/**
 * "2026-01-31T09:30:00.000Z warning login failed account=ann address=10.0.0.1"; further lines of a stack are indented.
 * Values with spaces or other characters are strings of JSON.
 */
export function formatText({ timeMs, level, name, fields }: LogRecord, toJournal: boolean): string {
  const start = toJournal ? `<${syslogLevels[level]}>` : `${new Date(timeMs).toISOString()} ${level} `;
  if (name === "notice") {
    const next = toJournal ? `\n${start}    ` : "\n    ";
    return start +
      String(fields["text"] ?? "").slice(0, maxSentence).split(/\r?\n/).map((line) =>
        line.replace(unsafe, "\ufffd")
      ).join(next);
  }
  const shown = given(fields).map(([field, value]) => {
    const text = String(value).slice(0, maxValue);
    return ` ${field}=${bare.test(text) ? text : escapeJson(text)}`;
  });
  return start + name + shown.join("");
}

/** One JSON object with `time` (RFC 3339), `level`, `event` (the name of the entry) and its fields. */
export function formatJson({ timeMs, level, name, fields }: LogRecord, toJournal: boolean): string {
  const values = given(fields).map(([field, value]) =>
    [field, typeof value === "string" ? value.slice(0, maxSentence) : value] as const
  );
  const all = { time: new Date(timeMs).toISOString(), level, event: name, ...Object.fromEntries(values) };
  return (toJournal ? `<${syslogLevels[level]}>` : "") + escapeJson(all);
}

function given(fields: LogRecord["fields"]): [field: string, value: LogValue][] {
  return Object.entries(fields).filter(([, value]) => value !== undefined && value !== "");
}

/** JSON in which all unsafe characters are escapes. */
function escapeJson(value: unknown): string {
  return JSON.stringify(value).replace(unsafe, (character) =>
    Array.from(
      { length: character.length },
      (_, at) => `\\u${character.charCodeAt(at).toString(16).padStart(4, "0")}`,
    ).join(""));
}
