/** The parts that the cleaners of all formats have in common. */

/** A cleaner stops with this when it cannot follow the format; the rest of the file is then not a part of a picture. */
export const brokenPicture = Symbol("broken picture");

/**
 * The bytes that stay. It ends at the end of the picture, and the caller leaves out what follows; with brokenPicture, it
 * ends where the format is broken.
 */
export type Cleaned = AsyncGenerator<Uint8Array, typeof brokenPicture | undefined | void>;

/** Bytes that replace others in the finished file, because they depend on what came after them. */
export interface Correction {
  readonly at: number;
  readonly bytes: Uint8Array;
}
