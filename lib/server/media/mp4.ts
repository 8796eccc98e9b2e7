/**
 * MP4, QuickTime and 3GP films without the place and the names in their headers. The boxes of user data become free space
 * of the same size, because the film is found by its place in the file.
 */
import { type ByteReader, latin, uint32 } from "./byte_reader.ts";
import { brokenPicture, type Cleaned } from "./cleaned.ts";

/** Boxes that hold the boxes below. */
const outer: ReadonlySet<string> = new Set(["moov", "trak"]);
/** User data, also as XMP. */
const left: ReadonlySet<string> = new Set(["udta", "meta", "uuid"]);
const zeros = new Uint8Array(65_536);

/** The film, after the caller has seen that it begins with the box "ftyp". */
export async function* cleanMp4(reader: ByteReader): Cleaned {
  for (;;) {
    const header = await reader.peek(16);
    if (header.length < 8) return yield* reader.pass(8);
    const type = latin(header.subarray(4, 8));
    const short = uint32(header);
    const isLong = short === 1 && header.length === 16;
    const headerBytes = isLong ? 16 : 8;
    const size = isLong ? uint32(header, 8) * 2 ** 32 + uint32(header, 12) : short === 0 ? Infinity : short;
    if (size < headerBytes) return brokenPicture;
    if (outer.has(type)) {
      yield await reader.take(headerBytes);
    } else if (left.has(type)) {
      yield Uint8Array.of(
        ...header.subarray(0, 4),
        ...new TextEncoder().encode("free"),
        ...header.subarray(8, headerBytes),
      );
      await reader.skip(headerBytes);
      yield* erased(reader, size - headerBytes);
    } else {
      yield* reader.pass(size);
    }
  }
}

async function* erased(reader: ByteReader, size: number): AsyncGenerator<Uint8Array> {
  for await (const { length } of reader.pass(size)) {
    for (let at = 0; at < length; at += zeros.length) {
      yield zeros.subarray(0, Math.min(zeros.length, length - at));
    }
  }
}
