/** GIF without comments and XMP data. Kept are the pictures, the number of repetitions and the colour profile. */
import { type ByteReader, latin } from "./byte_reader.ts";
import { brokenPicture, type Cleaned } from "./cleaned.ts";

const extension = 0x21;
const image = 0x2c;
const trailer = 0x3b;
const application = 0xff;
const comment = 0xfe;
const keptApplications: ReadonlySet<string> = new Set(["NETSCAPE2.0", "ANIMEXTS1.0", "ICCRGBG1012"]);

/** The picture, after the caller has seen that it begins as a GIF. */
export async function* cleanGif(reader: ByteReader): Cleaned {
  const start = await reader.take(13);
  yield start;
  yield* reader.pass(paletteBytes(start[10] ?? 0));
  for (;;) {
    const [kind, label, length] = await reader.peek(3);
    if (kind === undefined) return undefined;
    if (kind === trailer) return yield await reader.take(1);
    if (kind === image) {
      const descriptor = await reader.take(10);
      yield descriptor;
      yield* reader.pass(paletteBytes(descriptor[9] ?? 0) + 1);
      yield* passBlocks(reader);
    } else if (kind === extension && await isKept(reader, label, length)) {
      yield await reader.take(2);
      yield* passBlocks(reader);
    } else if (kind === extension) {
      await reader.skip(2);
      for await (const _ of passBlocks(reader));
    } else {
      return brokenPicture;
    }
  }
}

async function isKept(reader: ByteReader, label = 0, length = 0): Promise<boolean> {
  if (label !== application) return label !== comment;
  return keptApplications.has(latin((await reader.peek(3 + length)).subarray(3)));
}

function paletteBytes(flags: number): number {
  return flags & 0x80 ? 3 * 2 ** ((flags & 7) + 1) : 0;
}

/** Blocks with their lengths, up to the empty one. */
async function* passBlocks(reader: ByteReader): AsyncGenerator<Uint8Array> {
  for (;;) {
    const bytes = await reader.ahead(1);
    let at = 0;
    while (at < bytes.length && bytes[at] !== 0) at += 1 + (bytes[at] ?? 0);
    const isEnd = at < bytes.length || bytes.length === 0;
    yield* reader.pass(isEnd ? at + 1 : at);
    if (isEnd) return;
  }
}
