import { assertEquals } from "@std/assert";
import { Clock } from "../../lib/irc/clock.ts";

const hourMs = 3_600_000;
const yearMs = 365 * 24 * hourMs;

Deno.test("deletions trust a clock that is set ahead only when it stays so for a day", () => {
  let [passedMs, aheadMs] = [0, 0];
  const clock = new Clock({ now: () => passedMs + aheadMs, monotonic: () => passedMs });
  const pass = (hours: number) => {
    for (let hour = 0; hour < hours; hour++) {
      passedMs += hourMs;
      clock.cautiousNow();
    }
    return clock.cautiousNow() - passedMs;
  };
  assertEquals(pass(5), 0);
  aheadMs = yearMs;
  assertEquals([pass(1), pass(17)], [0, 0]);
  aheadMs = 0;
  assertEquals(pass(2), 0);
  // A machine that slept: the clock is right, and time that passed is less.
  aheadMs = 8 * hourMs;
  assertEquals(pass(20), 0);
  assertEquals(pass(28), 8 * hourMs);
  aheadMs = yearMs;
  assertEquals(pass(10), 8 * hourMs);
  // A clock that is set back is always trusted.
  aheadMs = -hourMs;
  assertEquals(pass(1), -hourMs);
});

Deno.test("the time since the start is that of the monotonic clock", () => {
  let [passedMs, aheadMs] = [1000, 0];
  const clock = new Clock({ now: () => passedMs + aheadMs, monotonic: () => passedMs });
  passedMs += 5000;
  aheadMs = -hourMs;
  assertEquals([clock.uptimeMs(), clock.now(), clock.monotonic()], [5000, 6000 - hourMs, 6000]);
});

Deno.test("stamps follow a clock that is set ahead after ten minutes, and one that is set back at once", () => {
  let [passedMs, aheadMs] = [0, 0];
  const clock = new Clock({ now: () => passedMs + aheadMs, monotonic: () => passedMs });
  const shown = (minutes: number) => {
    passedMs += minutes * 60_000;
    return clock.settledNow() - passedMs;
  };
  aheadMs = 30_000;
  assertEquals(shown(1), 30_000);
  aheadMs = yearMs;
  assertEquals([shown(1), clock.unsettledMs], [30_000, yearMs - 30_000]);
  aheadMs = 0;
  assertEquals([shown(1), clock.unsettledMs], [0, 0]);
  // Another jump begins another wait.
  aheadMs = yearMs;
  assertEquals(shown(9), 0);
  aheadMs = hourMs;
  assertEquals([shown(2), shown(9), shown(1)], [0, 0, hourMs]);
  assertEquals(clock.unsettledMs, 0);
  aheadMs = -hourMs;
  assertEquals(shown(0), -hourMs);
  // Back to a time that stamps have had.
  aheadMs = hourMs;
  assertEquals(shown(0), hourMs);
});

Deno.test("stamps and deletions follow at once a clock that is ahead because the machine slept", () => {
  let [passedMs, sleptMs, wrongMs] = [0, 0, 0];
  const clock = new Clock({
    now: () => passedMs + sleptMs + wrongMs,
    monotonic: () => passedMs,
    systemUptime: () => 7000 + passedMs + sleptMs,
  });
  const ahead = () => [clock.settledNow(), clock.cautiousNow()].map((ms) => ms - passedMs);
  sleptMs = 8 * hourMs;
  assertEquals(ahead(), [8 * hourMs, 8 * hourMs]);
  passedMs += hourMs;
  wrongMs = yearMs;
  assertEquals(ahead(), [8 * hourMs, 8 * hourMs]);
  wrongMs = 0;
  sleptMs = 10 * hourMs;
  assertEquals(ahead(), [10 * hourMs, 10 * hourMs]);
});

Deno.test("deletions do not trust a clock that was set ahead before the start, until it has stayed so for a day", () => {
  let passedMs = 10 * yearMs;
  const clock = new Clock({ now: () => passedMs, monotonic: () => passedMs });
  // A server can be off for some days.
  clock.continueFrom(passedMs - 6 * 24 * hourMs);
  assertEquals([clock.cautiousNow() - passedMs, clock.doubtfulGapMs], [0, 0]);
  clock.continueFrom(passedMs - yearMs);
  assertEquals([clock.cautiousNow() - passedMs, clock.doubtfulGapMs], [-yearMs, yearMs]);
  for (let hour = 0; hour < 25; hour++) {
    passedMs += hourMs;
    clock.cautiousNow();
  }
  assertEquals([clock.cautiousNow() - passedMs, clock.doubtfulGapMs], [0, 0]);
});

Deno.test("the time of the start follows a clock that is set right", () => {
  let [passedMs, aheadMs] = [1000, -yearMs];
  const clock = new Clock({ now: () => passedMs + aheadMs, monotonic: () => passedMs });
  assertEquals(clock.startedMs, 1000 - yearMs);
  passedMs += 11 * 60_000;
  aheadMs = 0;
  clock.settledNow();
  passedMs += 11 * 60_000;
  assertEquals(clock.startedMs, 1000);
});

Deno.test("stamps follow at once a clock that leaves an impossible time", () => {
  let [passedMs, aheadMs] = [1000, 0];
  const clock = new Clock({ now: () => passedMs + aheadMs, monotonic: () => passedMs, earliestMs: yearMs });
  assertEquals(clock.settledNow(), 1000);
  passedMs += 1000;
  aheadMs = 2 * yearMs;
  assertEquals(clock.settledNow(), 2000 + 2 * yearMs);
  aheadMs = 3 * yearMs;
  assertEquals(clock.settledNow(), 2000 + 2 * yearMs);
});

Deno.test("stamps and deletions never follow a clock with an impossible late time", () => {
  let [passedMs, aheadMs] = [1000, 0];
  const clock = new Clock({ now: () => passedMs + aheadMs, monotonic: () => passedMs, latestMs: yearMs });
  clock.settledNow();
  aheadMs = 2 * yearMs;
  for (let hours = 0; hours < 60; hours++) {
    assertEquals([clock.settledNow(), clock.cautiousNow()], [passedMs, passedMs]);
    passedMs += 3_600_000;
  }
});

Deno.test("stamps follow at once a clock that was behind the stored messages at the start", () => {
  let [passedMs, aheadMs] = [2 * yearMs, -3_600_000];
  const clock = new Clock({ now: () => passedMs + aheadMs, monotonic: () => passedMs });
  clock.continueFrom(2 * yearMs - 5000);
  assertEquals(clock.settledNow(), passedMs - 3_600_000);
  passedMs += 2000;
  aheadMs = 0;
  assertEquals(clock.settledNow(), passedMs);
  // Later jumps wait, and so does one that leaves the stored messages far behind.
  aheadMs = yearMs;
  assertEquals(clock.settledNow(), passedMs);
  const other = new Clock({ now: () => passedMs + aheadMs, monotonic: () => passedMs });
  other.continueFrom(4 * yearMs);
  aheadMs = 3 * yearMs;
  assertEquals(other.settledNow(), passedMs + yearMs);
});
