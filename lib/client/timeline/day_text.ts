/** The name of a day, for the separators between days. Pure. */

const day = { weekday: "long", day: "numeric", month: "long" } as const;
const dayName = new Intl.DateTimeFormat(undefined, day);
const dayNameWithYear = new Intl.DateTimeFormat(undefined, { ...day, year: "numeric" });

/** The day of a time, with its year when that is not the year of `now`. Both are milliseconds since 1970. */
export function dayText(at: number, now: number): string {
  const isThisYear = new Date(at).getFullYear() === new Date(now).getFullYear();
  return (isThisYear ? dayName : dayNameWithYear).format(at);
}
