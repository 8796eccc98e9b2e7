/**
 * PNG and animated PNG without texts, times and EXIF data. Kept are the chunks that change how the picture looks, and the
 * orientation.
 */
import process from "node:process";
import { type ByteReader, latin, uint32 } from "./byte_reader.ts";
import { brokenPicture, type Cleaned } from "./cleaned.ts";
import { exifOf, orientationOf } from "./exif.ts";

/** Chunks that a viewer does not need to know, but that change what it shows. */
const kept: ReadonlySet<string> = new Set(
  "tRNS gAMA cHRM sRGB iCCP cICP mDCV cLLI sBIT bKGD hIST pHYs sPLT acTL fcTL fdAT".split(" "),
);
const maxExifBytes = 1024 * 1024;

/** The picture, after the caller has seen that it begins as a PNG. */
export async function* cleanPng(reader: ByteReader): Cleaned {
  yield await reader.take(8);
  for (;;) {
    const header = await reader.peek(8);
    if (header.length === 0) return undefined;
    const type = latin(header.subarray(4));
    const size = header.length < 8 ? 0 : uint32(header);
    if (!/^[A-Za-z]{4}$/.test(type) || size >= 2 ** 31) return brokenPicture;
    const isCritical = /^[A-Z]/.test(type);
    if (isCritical || kept.has(type)) {
      yield* reader.pass(size + 12);
    } else if (type === "eXIf" && size <= maxExifBytes) {
      const orientation = orientationOf((await reader.take(size + 12)).subarray(8, 8 + size));
      if (orientation !== undefined) yield chunkOf(type, exifOf(orientation));
    } else {
      await reader.skip(size + 12);
    }
    if (type === "IEND") return undefined;
  }
}

function chunkOf(type: string, content: Uint8Array): Uint8Array {
  const chunk = new Uint8Array(content.length + 12);
  const view = new DataView(chunk.buffer);
  view.setUint32(0, content.length);
  chunk.set(new TextEncoder().encode(type), 4);
  chunk.set(content, 8);
  // Few pictures need node:zlib, and a start without it takes 2 ms less.
  const { crc32 } = process.getBuiltinModule("node:zlib");
  view.setUint32(8 + content.length, crc32(chunk.subarray(4, 8 + content.length)));
  return chunk;
}
