/**
 * JPEG without data about places and people. Kept are the picture, its colour profile and its orientation. Left out are
 * EXIF, XMP, IPTC, comments, previews, and everything after the picture: other pictures (HDR gain maps, previews) and the
 * film of a motion photo, which have such data of their own.
 */
import { type ByteReader, latin } from "./byte_reader.ts";
import { exifOf, orientationOf } from "./exif.ts";
import { brokenPicture, type Cleaned } from "./cleaned.ts";

const exifStart = "Exif\0\0";
const endOfImage = 0xd9;
const startOfScan = 0xda;
const comment = 0xfe;

/** The picture, after the caller has seen that it begins as a JPEG. */
export async function* cleanJpeg(reader: ByteReader): Cleaned {
  yield await reader.take(2);
  for (let hasOrientation = false;;) {
    const marker = await nextMarker(reader);
    if (marker === undefined) return undefined;
    if (marker === endOfImage) return yield Uint8Array.of(0xff, marker);
    if (isAlone(marker)) {
      yield Uint8Array.of(0xff, marker);
      continue;
    }
    const length = await reader.take(2);
    const size = ((length[0] ?? 0) << 8 | (length[1] ?? 0)) - 2;
    if (length.length < 2 || size < 0) return brokenPicture;
    const segment = await reader.take(size);
    const kept = keptSegment(marker, segment, hasOrientation);
    hasOrientation ||= marker === 0xe1 && kept !== undefined;
    if (kept !== undefined) {
      yield Uint8Array.of(0xff, marker, (kept.length + 2) >> 8, (kept.length + 2) & 0xff);
      yield kept;
    }
    if (marker === startOfScan) yield* passScan(reader);
  }
}

/** The next marker, after any number of fill bytes; undefined at the end. Bytes before it have no meaning. */
async function nextMarker(reader: ByteReader): Promise<number | undefined> {
  for (let isMarker = false;;) {
    const [byte] = await reader.take(1);
    if (byte === undefined) return undefined;
    if (isMarker && byte !== 0xff && byte !== 0) return byte;
    isMarker = byte === 0xff;
  }
}

/** Whether a marker has no segment. */
function isAlone(marker: number): boolean {
  return marker === 1 || (marker >= 0xd0 && marker <= 0xd8);
}

/** The compressed data up to the next marker that ends it. */
async function* passScan(reader: ByteReader): AsyncGenerator<Uint8Array> {
  for (;;) {
    const bytes = await reader.ahead(2);
    const end = markerIn(bytes);
    // The last byte can be the first half of a marker.
    const known = bytes.length > 1 && bytes.at(-1) === 0xff ? bytes.length - 1 : bytes.length;
    if (bytes.length > 0) yield await reader.take(end ?? known);
    if (end !== undefined || bytes.length < 2) return;
  }
}

/** The place of the first marker that ends compressed data; undefined if there is none. */
function markerIn(bytes: Uint8Array): number | undefined {
  for (let at = bytes.indexOf(0xff); at >= 0 && at + 1 < bytes.length;) {
    const next = bytes[at + 1] ?? 0;
    if (next !== 0xff && next !== 0 && !(next >= 0xd0 && next <= 0xd7)) return at;
    at = bytes.indexOf(0xff, at + (next === 0xff ? 1 : 2));
  }
  return undefined;
}

/** The content of a segment that stays; undefined for one that is left out. */
function keptSegment(marker: number, segment: Uint8Array, hasOrientation: boolean): Uint8Array | undefined {
  if (marker === comment) return undefined;
  if (marker < 0xe0 || marker > 0xef) return segment;
  const name = latin(segment.subarray(0, 12));
  if (marker === 0xe0) return name.startsWith("JFIF\0") ? withoutPreview(segment) : undefined;
  if (marker === 0xe2) return name.startsWith("ICC_PROFILE\0") ? segment : undefined;
  if (marker === 0xee) return name.startsWith("Adobe") ? segment : undefined;
  if (marker !== 0xe1 || hasOrientation || !name.startsWith(exifStart)) return undefined;
  const orientation = orientationOf(segment.subarray(exifStart.length));
  if (orientation === undefined) return undefined;
  return Uint8Array.of(...new TextEncoder().encode(exifStart), ...exifOf(orientation));
}

/** A JFIF header can have a small uncompressed picture after its 14 bytes. */
function withoutPreview(segment: Uint8Array): Uint8Array {
  const header = segment.slice(0, 14);
  header.fill(0, 12);
  return header;
}
