/**
 * WebP and animated WebP without EXIF and XMP data. Kept are the picture, its colour profile and its orientation. The
 * lengths and flags at the start are corrected when all is known.
 */
import { type ByteReader, latin } from "./byte_reader.ts";
import { brokenPicture, type Cleaned, type Correction } from "./cleaned.ts";
import { exifOf, orientationOf } from "./exif.ts";

const kept: ReadonlySet<string> = new Set(["VP8 ", "VP8L", "VP8X", "ALPH", "ANIM", "ANMF", "ICCP"]);
const maxExifBytes = 1024 * 1024;
const exifFlag = 0x08;
const xmpFlag = 0x04;

/** The picture, after the caller has seen that it begins as a WebP. */
export async function* cleanWebp(reader: ByteReader, corrections: Correction[]): Cleaned {
  const start = await reader.take(12);
  const end = little(start, 4) + 8;
  yield start;
  let [written, flagsAt, flags] = [12, -1, 0];
  let hasExif = false;
  while (reader.position < end) {
    const header = await reader.peek(9);
    if (header.length < 8) break;
    const type = latin(header.subarray(0, 4));
    const size = little(header, 4);
    const whole = 8 + size + size % 2;
    if (!/^[\x20-\x7e]{4}$/.test(type)) return brokenPicture;
    if (type === "VP8X") [flagsAt, flags] = [written + 8, header[8] ?? 0];
    if (kept.has(type)) {
      yield* reader.pass(whole);
      written += whole;
    } else if (type === "EXIF" && size <= maxExifBytes) {
      const orientation = orientationOf(tiffOf((await reader.take(whole)).subarray(8, 8 + size)));
      if (orientation === undefined) continue;
      const chunk = chunkOf(exifOf(orientation));
      yield chunk;
      written += chunk.length;
      hasExif = true;
    } else {
      await reader.skip(whole);
    }
  }
  const size = new Uint8Array(4);
  new DataView(size.buffer).setUint32(0, written - 8, true);
  corrections.push({ at: 4, bytes: size });
  const newFlags = (flags & ~(exifFlag | xmpFlag)) | (hasExif ? exifFlag : 0);
  if (flagsAt > 0) corrections.push({ at: flagsAt, bytes: Uint8Array.of(newFlags) });
  return undefined;
}

/** Some programs write the start of the JPEG segment too. */
function tiffOf(exif: Uint8Array): Uint8Array {
  return latin(exif.subarray(0, 6)) === "Exif\0\0" ? exif.subarray(6) : exif;
}

function chunkOf(exif: Uint8Array): Uint8Array {
  const chunk = new Uint8Array(8 + exif.length);
  chunk.set(new TextEncoder().encode("EXIF"));
  new DataView(chunk.buffer).setUint32(4, exif.length, true);
  chunk.set(exif, 8);
  return chunk;
}

function little(bytes: Uint8Array, at: number): number {
  return bytes.length < at + 4 ? 0 : new DataView(bytes.buffer, bytes.byteOffset).getUint32(at, true);
}
