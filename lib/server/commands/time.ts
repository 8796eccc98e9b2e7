/** Times in commands of clients: the format of server-time. */

const pattern = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?Z$/;

/** Milliseconds since 1970; undefined for text that is not a time, or a time before 1970. */
export function parseTime(text: string): number | undefined {
  if (!pattern.test(text)) return undefined;
  const ms = Date.parse(text);
  return ms >= 0 ? ms : undefined;
}
