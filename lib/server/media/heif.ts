/**
 * HEIC and AVIF without EXIF and XMP data. The file keeps its length, because its parts are found by their place: the data
 * is overwritten with zeros when the file is complete. The orientation is not in this data.
 */
import { type ByteReader, latin, uint32 } from "./byte_reader.ts";
import { brokenPicture, type Cleaned, type Correction } from "./cleaned.ts";

const maxMetaBytes = 1024 * 1024;
/** More data than this is no photo of a camera. */
const maxErasedBytes = 4 * 1024 * 1024;
const erasedTypes: ReadonlySet<string> = new Set(["Exif", "mime", "uri "]);

/** The picture, after the caller has seen that it begins with the box "ftyp" of such a picture. */
export async function* cleanHeif(reader: ByteReader, corrections: Correction[]): Cleaned {
  let places: Place[] | undefined = [];
  for (;;) {
    const header = await reader.peek(8);
    if (header.length === 0) break;
    const size = header.length < 8 ? 8 : uint32(header);
    if (latin(header.subarray(4)) === "meta") {
      if (size < 8 || size > maxMetaBytes) return brokenPicture;
      const at = reader.position;
      const meta = await reader.take(size);
      yield meta;
      places = placesIn(meta, at);
      if (places === undefined) return brokenPicture;
    } else {
      // A length of 0 is the rest of the file, and 1 a length of 64 bits: the picture data, after which nothing matters.
      yield* reader.pass(size < 8 ? Infinity : size);
    }
  }
  for (const { at, length } of places) {
    const known = Math.min(length, reader.position - at);
    if (known > 0) corrections.push({ at, bytes: new Uint8Array(known) });
  }
  return undefined;
}

interface Place {
  readonly at: number;
  readonly length: number;
}

/** The places of the data in the file, from the box "meta" at a place; undefined if it cannot be read. */
function placesIn(meta: Uint8Array, metaAt: number): Place[] | undefined {
  try {
    const boxes = boxesIn(meta, 12);
    const [infos, locations, data] = ["iinf", "iloc", "idat"].map((type) => boxes.get(type));
    if (infos === undefined || locations === undefined) return [];
    const erased = erasedItems(infos);
    const dataAt = metaAt + ((data?.byteOffset ?? 0) - meta.byteOffset);
    const places = locate(locations, erased, dataAt);
    return places.reduce((sum, { length }) => sum + length, 0) > maxErasedBytes ? undefined : places;
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

/** The contents of the boxes from a place on. */
function boxesIn(bytes: Uint8Array, from: number): Map<string, Uint8Array> {
  const boxes = new Map<string, Uint8Array>();
  for (let at = from; at + 8 <= bytes.length;) {
    const size = uint32(bytes, at);
    if (size < 8) break;
    boxes.set(latin(bytes.subarray(at + 4, at + 8)), bytes.subarray(at + 8, at + size));
    at += size;
  }
  return boxes;
}

/** The ids of the items with such data. */
function erasedItems(infos: Uint8Array): Set<number> {
  const fields = new Fields(infos);
  const ids = new Set<number>();
  for (let left = fields.next(fields.version === 0 ? 2 : 4); left > 0; left--) {
    const start = fields.at;
    const size = fields.next(4);
    const item = new Fields(infos.subarray(start + 8, start + size));
    const id = item.next(item.version < 3 ? 2 : 4);
    item.next(2);
    if (erasedTypes.has(latin(infos.subarray(start + 8 + item.at, start + 12 + item.at)))) ids.add(id);
    fields.at = start + Math.max(8, size);
  }
  return ids;
}

function locate(locations: Uint8Array, items: ReadonlySet<number>, dataAt: number): Place[] {
  const fields = new Fields(locations);
  const { version } = fields;
  const [sizes, moreSizes] = [fields.next(1), fields.next(1)];
  const [offsetBytes, lengthBytes, baseBytes] = [sizes >> 4, sizes & 15, moreSizes >> 4];
  const indexBytes = version === 0 ? 0 : moreSizes & 15;
  const places: Place[] = [];
  for (let left = fields.next(version < 2 ? 2 : 4); left > 0; left--) {
    const id = fields.next(version < 2 ? 2 : 4);
    const isInData = version > 0 && (fields.next(2) & 15) === 1;
    fields.next(2);
    const base = fields.next(baseBytes) + (isInData ? dataAt : 0);
    for (let extents = fields.next(2); extents > 0; extents--) {
      fields.next(indexBytes);
      const at = base + fields.next(offsetBytes);
      const length = fields.next(lengthBytes);
      if (items.has(id)) places.push({ at, length });
    }
  }
  return places;
}

/** Numbers one after the other, after a version and flags. Throws a RangeError at the end. */
class Fields {
  at = 4;
  readonly version: number;
  readonly #bytes: Uint8Array;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    this.version = bytes[0] ?? 0;
  }

  next(length: number): number {
    if (this.at + length > this.#bytes.length) throw new RangeError("The box is too short");
    let value = 0;
    for (let count = 0; count < length; count++) value = value * 256 + (this.#bytes[this.at++] ?? 0);
    return value;
  }
}
