/**
 * Removes what pictures and films tell about places, people, times and cameras, while a file arrives. The picture itself
 * stays as it is, byte by byte. The format is read from the first bytes, because a type that the sender names can be
 * wrong. Memory: one chunk, or one part of the header (at most 1 MiB).
 */
import { ByteReader, joined, latin } from "./byte_reader.ts";
import { brokenPicture, type Cleaned, type Correction } from "./cleaned.ts";
import { cleanGif } from "./gif.ts";
import { cleanHeif } from "./heif.ts";
import { cleanJpeg } from "./jpeg.ts";
import { cleanMp4 } from "./mp4.ts";
import { cleanPng } from "./png.ts";
import { cleanWebp } from "./webp.ts";

/** The cleaned content of one file. */
export class CleanMedia {
  /** Changes to make in the finished file. Complete when all bytes are read. */
  readonly corrections: Correction[] = [];
  /** Whether the format is broken, so that data about places can be left. */
  isBroken = false;
  readonly #reader: ByteReader;

  /** `person` is who sends the file, for turns.ts. */
  constructor(content: AsyncIterable<Uint8Array>, person: string) {
    this.#reader = new ByteReader(content, person);
  }

  /** The bytes to store; all bytes of a file that is neither a picture nor a film. */
  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array> {
    const reader = this.#reader;
    try {
      const cleaned = this.#cleaner(latin(await reader.peek(12)));
      if (cleaned === undefined) return yield* reader.pass(Infinity);
      this.isBroken = (yield* inLargePieces(cleaned)) === brokenPicture;
      if (this.isBroken) yield* reader.pass(Infinity);
      else yield* padding(reader);
    } finally {
      await reader.close();
    }
  }

  #cleaner(start: string): Cleaned | undefined {
    if (start.startsWith("\xff\xd8\xff")) return cleanJpeg(this.#reader);
    if (start.startsWith("\x89PNG\r\n\x1a\n")) return cleanPng(this.#reader);
    if (/^RIFF[^]{4}WEBP/.test(start)) return cleanWebp(this.#reader, this.corrections);
    if (/^GIF8[79]a/.test(start)) return cleanGif(this.#reader);
    if (/^[^]{4}ftyp(?:hei|hev|mif1|msf1|avi)/.test(start)) return cleanHeif(this.#reader, this.corrections);
    if (/^[^]{4}ftyp/.test(start)) return cleanMp4(this.#reader);
    return undefined;
  }
}

/** After the picture: zeros, with which some programs fill a file, tell nothing and stay; everything else is left out. */
async function* padding(reader: ByteReader): AsyncGenerator<Uint8Array> {
  for (;;) {
    const bytes = await reader.ahead(1);
    const data = bytes.findIndex((byte) => byte !== 0);
    if (data !== 0 && bytes.length > 0) yield await reader.take(data < 0 ? bytes.length : data);
    if (data >= 0 || bytes.length === 0) return await reader.skip(Infinity);
  }
}

/** A disk writes large pieces faster. */
const pieceBytes = 32_768;

async function* inLargePieces(cleaned: Cleaned): Cleaned {
  let parts: Uint8Array[] = [];
  let bytes = 0;
  for (;;) {
    const { value, done } = await cleaned.next();
    if (!done) {
      parts.push(value);
      bytes += value.length;
    }
    if (bytes > 0 && (done || bytes >= pieceBytes)) {
      yield joined(parts);
      [parts, bytes] = [[], 0];
    }
    if (done) return value;
  }
}
