/**
 * The limits of a history that was there before the limits: an upgrade deletes nothing that people kept. A data folder
 * that had more than a default limit allows gets a larger one, with some space for new messages. A limit that somebody
 * set by hand stays as it is.
 */
import type { SavedValues } from "./saved_values.ts";

/** The limits by size, in bytes; 0 means no limit. */
export interface SizeLimits {
  /** The limit of the whole history. */
  readonly total: number;
  /** The limit of each conversation. */
  readonly each: number;
}

/** A limit is so much larger than what was there before it. */
const growth = 1.25;
/** The migration that added the limits saved the sizes here (schema.ts). */
const name = "history before limits";

/** The limits for a data folder, of which those in `defaults` were not set by hand. */
export function grownLimits(
  values: Pick<SavedValues, "find">,
  limits: SizeLimits,
  defaults: ReadonlySet<keyof SizeLimits>,
): SizeLimits {
  if (defaults.size === 0) return limits;
  const [total = 0, each = 0] = values.find(name)?.split(" ").map(Number) ?? [];
  const grown = (key: keyof SizeLimits, before: number) =>
    limits[key] === 0 || !defaults.has(key) ? limits[key] : Math.max(limits[key], Math.ceil(before * growth));
  return { total: grown("total", total), each: grown("each", each) };
}
