/** Figures from samples, figures as aligned text, and pauses between measurements. */

/** One line per row, the first column to the left and the others to the right; no newline at the end. */
export function formatTable(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const all = [head, ...rows];
  const widths = head.map((_, column) => Math.max(...all.map((row) => (row[column] ?? "").length)));
  return all.map((row) => {
    const cells = row.map((cell, i) => i === 0 ? cell.padEnd(widths[i] ?? 0) : cell.padStart(widths[i] ?? 0));
    return `  ${cells.join("   ")}`.trimEnd();
  }).join("\n");
}

/** 3 416 000 as "3.42 M", 98 700 as "98.7 k", 12.34 as "12.3", 1.234 as "1.23". */
export function formatCount(value: number): string {
  if (Number.isNaN(value)) return "failed";
  if (value === Infinity) return "never";
  if (value >= 1e6) return `${(value / 1e6).toFixed(2)} M`;
  if (value >= 1e4) return `${(value / 1e3).toFixed(1)} k`;
  return value.toFixed(Number.isInteger(value) || value >= 100 ? 0 : value >= 10 ? 1 : 2);
}

/** The median; NaN of an empty list. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((one, other) => one - other);
  const middle = sorted.length >> 1;
  if (sorted.length % 2 === 1) return sorted[middle] ?? NaN;
  return ((sorted[middle - 1] ?? NaN) + (sorted[middle] ?? NaN)) / 2;
}

/** The value below which `share` of the values are (0.99: the 99th percentile); NaN of an empty list. */
export function percentile(sorted: ArrayLike<number>, share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? NaN;
}

/** How long a load runs before it is measured. */
export const warmMs = 300;
