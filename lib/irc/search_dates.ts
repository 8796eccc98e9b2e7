/**
 * Dates as people write them in a search: 2026-01-31, 31.1.2026, 31 jan, 2026-01, today, monday, last week, 7d. Pure:
 * the caller gives the present.
 */

import { foldText } from "./folded_text.ts";

/** A time span in milliseconds since 1970: `end` is its first moment after it. */
export interface DateSpan {
  readonly start: number;
  readonly end: number;
}

/** The time and the time zone with which a date is read. */
export interface DateContext {
  readonly nowMs: number;
  /** Days begin at midnight UTC. @default {false: in the time zone of this computer} */
  readonly isUtc?: boolean;
}

const minuteMs = 60_000;
const weekdays = ["sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday"];
const months = "january february march april may june july august september october november december".split(
  " ",
);
const ago = /^(\d{1,4}) ?(min|h|hour|d|day|w|week|mo|month|y|year)s?(?: ago)?$/;
const lastOrThis = /^(last|this) ?(week|month|year)$/;
const isoDate = /^(\d{4})(?:[-/.](\d{1,2})(?:[-/.](\d{1,2}))?)?$/;
const dayFirst = /^(\d{1,2})\.(\d{1,2})\.(\d{4})$/;
/** Without a year, the last day of this name is meant. */
const dayAndMonth = /^(\d{1,2})\.(\d{1,2})\.$/;
/** 31 jan 2026, january 2026, jan 31, january. */
const namedMonth = /^(?:(\d{1,2})\.? )?([a-z]{3,9})\.?(?: (\d{1,2})(?:st|nd|rd|th)?(?!\d))?(?: (\d{4}))?$/;
const slashed = /^(\d{1,2})\/(\d{1,2})\/(\d{4})$/;
const withTime =
  /^(\d{4})-(\d{1,2})-(\d{1,2})[t_ ](\d{1,2}):(\d\d)(?::(\d\d)(?:\.(\d{1,3})\d*)?)?(z|[+-]\d\d:?\d\d)?$/;

/** The span that a date names; undefined if it names none, or could name two (3/4/2026). */
export function parseDate(written: string, context: DateContext): DateSpan | undefined {
  const text = foldText(written.trim()).replace(/,\s*|(?<=[a-z])-(?=\d)|(?<=\d)-(?=[a-z])|\s+/g, " ");
  if (text === "now") return { start: context.nowMs, end: context.nowMs + 1 };
  const days = dayWord(text, context);
  if (days !== undefined) return dayFromToday(-days, context);
  const [, count, unit] = ago.exec(text) ?? [];
  if (count !== undefined) return timeAgo(Number(count), unit ?? "", context);
  const [, year, month, day] = isoDate.exec(text) ?? [];
  if (year !== undefined) return calendarSpan(context, [year, month, day].map(numberOf));
  const [, ...dayMonthYear] = dayFirst.exec(text) ?? slashedDate(text);
  if (dayMonthYear.length > 0) return calendarSpan(context, dayMonthYear.reverse().map(numberOf));
  const relative = recentSpan(text, context) ?? spanWithoutYear(text, context);
  if (relative !== undefined) return relative;
  const time = withTime.exec(text);
  return time === null ? undefined : momentOf(time.slice(1), context);
}

/** How many days ago; a weekday is the last one, or today. */
function dayWord(text: string, { nowMs, isUtc }: DateContext): number | undefined {
  if (text === "today") return 0;
  if (text === "yesterday") return 1;
  if (text === "tomorrow") return -1;
  const weekday = weekdays.findIndex((name) => name === text || name.slice(0, 3) === text);
  if (weekday < 0) return undefined;
  const now = new Date(nowMs);
  return ((isUtc ? now.getUTCDay() : now.getDay()) - weekday + 7) % 7;
}

function today({ nowMs, isUtc }: DateContext): Day {
  const now = new Date(nowMs);
  return isUtc
    ? [now.getUTCFullYear(), now.getUTCMonth(), now.getUTCDate()]
    : [now.getFullYear(), now.getMonth(), now.getDate()];
}

function dayFromToday(days: number, context: DateContext): DateSpan {
  const [year, month, day] = today(context);
  return {
    start: midnight(context, year, month, day + days),
    end: midnight(context, year, month, day + days + 1),
  };
}

/** Minutes and hours are exact; days, weeks and years begin at midnight. */
function timeAgo(count: number, unit: string, context: DateContext): DateSpan {
  const minutes = { min: 1, h: 60, hour: 60 }[unit];
  if (minutes !== undefined) {
    const start = Math.max(0, context.nowMs - count * minutes * minuteMs);
    return { start, end: start + minutes * minuteMs };
  }
  const days = unit.startsWith("w") ? 7 : unit.startsWith("mo") ? 30 : unit.startsWith("y") ? 365 : 1;
  return clamped(dayFromToday(-count * days, context));
}

/** "last week" is the week before this one; a week begins on Monday. */
function recentSpan(text: string, context: DateContext): DateSpan | undefined {
  const [, which, unit] = lastOrThis.exec(text) ?? [];
  if (which === undefined) return undefined;
  const back = which === "last" ? 1 : 0;
  const [year, month] = today(context);
  if (unit === "year") return spanOf(context, [year - back, 0, 1], [year - back + 1, 0, 1]);
  if (unit === "month") return spanOf(context, [year, month - back, 1], [year, month - back + 1, 1]);
  const monday = (dayWord("monday", context) ?? 0) + back * 7;
  return { start: dayFromToday(-monday, context).start, end: dayFromToday(6 - monday, context).end };
}

/** The day or the month that has this name, the last one if the year is missing. */
function spanWithoutYear(text: string, context: DateContext): DateSpan | undefined {
  const [, day, number] = dayAndMonth.exec(text) ?? [];
  const [, before, name = "", after, year] = namedMonth.exec(text) ?? [];
  const named = months.findIndex((one) => name.length >= 3 && (one === name || one.slice(0, 3) === name)) + 1;
  const month = number === undefined ? named : Number(number);
  if (month === 0 || (before !== undefined && after !== undefined)) return undefined;
  const dayOfMonth = numberOf(day ?? before ?? after);
  const thisYear = today(context)[0];
  const span = calendarSpan(context, [numberOf(year) ?? thisYear, month, dayOfMonth]);
  if (year !== undefined || (span !== undefined && span.start <= context.nowMs)) return span;
  return calendarSpan(context, [thisYear - 1, month, dayOfMonth]);
}

/** A slash is read day first or month first: only a number above 12 tells which. */
function slashedDate(text: string): string[] {
  const [, one = "", other = "", year = ""] = slashed.exec(text) ?? [];
  if (year === "") return [];
  if (Number(one) > 12 || one === other) return ["", one, other, year];
  return Number(other) > 12 ? ["", other, one, year] : [];
}

/** A day, a month without a day, or a year without a month. */
function calendarSpan(
  context: DateContext,
  [year = 0, month, day]: readonly (number | undefined)[],
): DateSpan | undefined {
  if (month === undefined) return spanOf(context, [year, 0, 1], [year + 1, 0, 1]);
  if (month < 1 || month > 12) return undefined;
  if (day === undefined) return spanOf(context, [year, month - 1, 1], [year, month, 1]);
  const daysInMonth = new Date(Date.UTC(year, month, 0)).getUTCDate();
  if (day < 1 || day > daysInMonth) return undefined;
  return spanOf(context, [year, month - 1, day], [year, month - 1, day + 1]);
}

type Day = readonly [year: number, month: number, day: number];

function spanOf(context: DateContext, first: Day, next: Day): DateSpan {
  return clamped({ start: midnight(context, ...first), end: midnight(context, ...next) });
}

/** A date with a time is a minute, a second or a millisecond long. */
function momentOf(
  [year, month, day, hour, minute, second, fraction, zone]: readonly (string | undefined)[],
  context: DateContext,
): DateSpan | undefined {
  const date = calendarSpan({ ...context, isUtc: true }, [year, month, day].map(numberOf));
  const [hours, minutes, seconds] = [hour, minute, second].map((one) => Number(one ?? 0));
  if (date === undefined || hours === undefined || minutes === undefined || seconds === undefined) {
    return undefined;
  }
  if (hours > 24 || minutes > 59 || seconds > 60) return undefined;
  const ms = Number((fraction ?? "").padEnd(3, "0"));
  const utc = date.start + ((hours * 60 + minutes) * 60 + seconds) * 1000 + ms;
  const start = zone === undefined ? fromLocal(utc, context) : utc - zoneMs(zone);
  const length = second === undefined ? minuteMs : fraction === undefined ? 1000 : 1;
  return clamped({ start, end: start + length });
}

/** The moment at which the clocks of the time zone show what `utc` shows in UTC. */
function fromLocal(utc: number, { isUtc }: DateContext): number {
  const shown = new Date(utc);
  if (isUtc) return utc;
  return new Date(
    shown.getUTCFullYear(),
    shown.getUTCMonth(),
    shown.getUTCDate(),
    shown.getUTCHours(),
    shown.getUTCMinutes(),
    shown.getUTCSeconds(),
    shown.getUTCMilliseconds(),
  ).getTime();
}

function zoneMs(zone: string): number {
  if (zone === "z") return 0;
  const minutes = Number(zone.slice(1, 3)) * 60 + Number(zone.slice(-2));
  return (zone.startsWith("-") ? -minutes : minutes) * minuteMs;
}

function midnight({ isUtc }: DateContext, year: number, month: number, day: number): number {
  return isUtc ? Date.UTC(year, month, day) : new Date(year, month, day).getTime();
}

/** No message is older than 1970. */
function clamped({ start, end }: DateSpan): DateSpan {
  return { start: Math.max(0, start), end: Math.max(0, end) };
}

function numberOf(text: string | undefined): number | undefined {
  return text === undefined ? undefined : Number(text);
}
