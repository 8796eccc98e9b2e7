/** Pictures and films lose what they tell about places and people, and stay the same pictures. */
import { assert, assertEquals } from "@std/assert";
import { clearImmediate, setImmediate } from "node:timers";
import { crc32 } from "node:zlib";
import { CleanMedia } from "../../../lib/server/media/clean_media.ts";
import { exifOf, orientationOf } from "../../../lib/server/media/exif.ts";

type Part = string | number[] | Uint8Array;

const secret = "N 52.5 E 13.4";

function bytes(...parts: Part[]): Uint8Array<ArrayBuffer> {
  const all = parts.flatMap((part) =>
    typeof part === "string" ? [...part].map((character) => character.charCodeAt(0)) : [...part]
  );
  return Uint8Array.from(all);
}

function number(value: number, length: number, isLittle = false): number[] {
  const all = Array.from({ length }, (_, at) => Math.floor(value / 256 ** (length - 1 - at)) % 256);
  return isLittle ? all.reverse() : all;
}

interface Cleaned {
  readonly bytes: Uint8Array;
  readonly isBroken: boolean;
}

/** Cleans a file that arrives in pieces of this size. */
async function clean(file: Uint8Array, pieceBytes = file.length): Promise<Cleaned> {
  const pieces = Array.from(
    { length: Math.ceil(file.length / pieceBytes) },
    (_, at) => file.slice(at * pieceBytes, (at + 1) * pieceBytes),
  );
  const media = new CleanMedia(ReadableStream.from(pieces), "ann");
  const out: number[] = [];
  for await (const chunk of media) out.push(...chunk);
  const result = Uint8Array.from(out);
  for (const { at, bytes } of media.corrections) result.set(bytes, at);
  return { bytes: result, isBroken: media.isBroken };
}

/** The same result however the file arrives. */
async function assertCleaned(name: string, file: Uint8Array, expected: Uint8Array): Promise<void> {
  for (const size of [file.length, 1, 7]) {
    const cleaned = await clean(file, size);
    assertEquals([cleaned.bytes, cleaned.isBroken], [expected, false], `${name}, ${size} bytes at a time`);
  }
  assertEquals((await clean(expected)).bytes, expected, `${name}, a second time`);
}

/** EXIF data with a camera, an orientation, and a place after it, in both byte orders. */
function exif(orientation: number, isLittle = false): Uint8Array {
  const two = (value: number) => number(value, 2, isLittle);
  const four = (value: number) => number(value, 4, isLittle);
  const entry = (
    tag: number,
    type: number,
    value: number[],
  ) => [...two(tag), ...two(type), ...four(1), ...value];
  return bytes(isLittle ? "II" : "MM", two(42), four(8), two(2), entry(0x010f, 2, four(38)), [
    ...entry(0x0112, 3, [...two(orientation), 0, 0]),
    ...four(0),
  ], secret);
}

const segment = (marker: number, ...parts: Part[]) => {
  const content = bytes(...parts);
  return bytes([0xff, marker], number(content.length + 2, 2), content);
};
const icc = segment(0xe2, "ICC_PROFILE\0", [1, 1], "profile");
const adobe = segment(0xee, "Adobe", [0, 100, 0, 0, 0, 0, 1]);
const jfif = segment(0xe0, "JFIF\0", [1, 2, 0, 0, 1, 0, 1, 0, 0]);
const table = segment(0xdb, [0, 1, 2]);
const scan = (text: string) => bytes(segment(0xda, [1, 2, 3]), text, [0xff, 0, 0xff, 0xd3], text, [0xff, 0]);
const start = bytes([0xff, 0xd8]);
const end = bytes([0xff, 0xd9]);

Deno.test("a JPEG keeps its picture, colours and orientation, and nothing that tells where it was taken", async () => {
  for (const isLittle of [false, true]) {
    const file = bytes(
      start,
      segment(0xe0, "JFIF\0", [1, 2, 0, 0, 1, 0, 1, 1, 1], [9, 9, 9]),
      segment(0xe0, "JFXX\0", secret),
      segment(0xe1, "Exif\0\0", exif(6, isLittle)),
      segment(0xe1, "http://ns.adobe.com/xap/1.0/\0", secret),
      segment(0xe1, "http://ns.adobe.com/xmp/extension/\0", secret),
      segment(0xe1, "Exif\0\0", exif(3)),
      [0xff, 0xff],
      icc,
      segment(0xe2, "MPF\0", secret),
      segment(0xed, "Photoshop 3.0\0", secret),
      segment(0xeb, "JP", secret),
      segment(0xfe, secret),
      adobe,
      table,
      scan("one"),
      segment(0xfe, secret),
      table,
      scan("two"),
      end,
      start,
      segment(0xe1, "Exif\0\0", exif(1)),
      secret,
    );
    const upright = segment(0xe1, "Exif\0\0", exifOf(6));
    await assertCleaned(
      "JPEG",
      file,
      bytes(start, jfif, upright, icc, adobe, table, scan("one"), table, scan("two"), end),
    );
  }
  await assertCleaned(
    "upright",
    bytes(start, segment(0xe1, "Exif\0\0", exif(1)), table, end),
    bytes(start, table, end),
  );
  await assertCleaned(
    "cut off",
    bytes(start, segment(0xfe, secret), table, scan("one")),
    bytes(start, table, scan("one")),
  );
});

Deno.test("a PNG keeps its picture, colours, frames and orientation, and no texts", async () => {
  const signature = bytes([0x89], "PNG\r\n\x1a\n");
  const chunk = (type: string, ...parts: Part[]) => {
    const content = bytes(...parts);
    return bytes(number(content.length, 4), type, content, number(crc32(bytes(type, content)), 4));
  };
  const header = chunk("IHDR", "size");
  const look = ["iCCP", "gAMA", "tRNS", "acTL", "fcTL", "IDAT", "fdAT"].map((type) => chunk(type, "look"));
  const texts = ["tEXt", "zTXt", "iTXt", "tIME", "eXIf", "caBX", "prVt"].map((type) => chunk(type, secret));
  const file = bytes(
    signature,
    header,
    ...texts,
    ...look,
    ...texts,
    chunk("eXIf", exif(8)),
    chunk("IEND"),
    secret,
  );
  await assertCleaned(
    "PNG",
    file,
    bytes(signature, header, ...look, chunk("eXIf", exifOf(8)), chunk("IEND")),
  );
});

Deno.test("a WebP keeps its picture, colours, frames and orientation, and its lengths and flags are right", async () => {
  const chunk = (type: string, ...parts: Part[]) => {
    const content = bytes(...parts);
    return bytes(type, number(content.length, 4, true), content, content.length % 2 === 0 ? [] : [0]);
  };
  const riff = (...parts: Part[]) =>
    bytes("RIFF", number(bytes(...parts).length + 4, 4, true), "WEBP", ...parts);
  const flags = (value: number) => chunk("VP8X", [value, 0, 0, 0], "sizes!");
  const look = ["ICCP", "ANIM", "ANMF", "ALPH", "VP8 "].map((type) => chunk(type, "odd"));
  const data = [chunk("EXIF", "Exif\0\0", exif(1)), chunk("XMP ", secret), chunk("note", secret)];
  await assertCleaned("WebP", bytes(riff(flags(0x3e), ...look, ...data), secret), riff(flags(0x32), ...look));
  await assertCleaned(
    "turned",
    riff(flags(0x0c), ...look, chunk("EXIF", exif(5)), chunk("XMP ", secret)),
    riff(flags(0x08), ...look, chunk("EXIF", exifOf(5))),
  );
  await assertCleaned("simple", riff(chunk("VP8L", "x")), riff(chunk("VP8L", "x")));
});

Deno.test("a GIF loses its comments, and a film the place in its header, and both stay as they are", async () => {
  const blocks = (...texts: string[]) => bytes(...texts.map((text) => bytes([text.length], text)), [0]);
  const screen = bytes("GIF89a", number(0, 4), [0x80, 0, 0], "palett");
  const frame = bytes(
    [0x21, 0xf9],
    blocks("time"),
    [0x2c],
    number(0, 8),
    [0x81],
    "local palett",
    [2],
    blocks("a", "b"),
  );
  const loop = bytes([0x21, 0xff], blocks("NETSCAPE2.0", "n"));
  const hidden = bytes([0x21, 0xfe], blocks(secret, secret), [0x21, 0xff], blocks("XMP DataXMP", secret));
  await assertCleaned(
    "GIF",
    bytes(screen, hidden, loop, frame, hidden, ";", secret),
    bytes(screen, loop, frame, ";"),
  );

  const box = (type: string, ...parts: Part[]) => {
    const content = bytes(...parts);
    return bytes(number(content.length + 8, 4), type, content);
  };
  const film = (kind: string, user: string, text: string) =>
    bytes(
      box("ftyp", "isom"),
      box("mdat", "frames"),
      box(
        "moov",
        box("mvhd", "x"),
        box("trak", box("tkhd", "x"), box(user, text)),
        box(user, text),
        box(kind, text),
      ),
      [0, 0, 0, 1],
      "mdat",
      number(20, 8),
      "more",
    );
  const none = "\0".repeat(secret.length);
  await assertCleaned("film", film("meta", "udta", secret), film("free", "free", none));
});

Deno.test("an AVIF or HEIC keeps its length and its picture, and its EXIF and XMP data are zeros", async () => {
  const box = (type: string, ...parts: Part[]) => {
    const content = bytes(...parts);
    return bytes(number(content.length + 8, 4), type, content);
  };
  const item = (id: number, type: string) => box("infe", [2, 0, 0, 0], number(id, 2), [0, 0], type, "\0");
  const place = (id: number, method: number, at: number) =>
    bytes(number(id, 2), number(method, 2), [0, 0], number(1, 2), number(at, 4), number(secret.length, 4));
  const file = (text: string, brand: string) => {
    const meta = (mdatAt: number) =>
      box(
        "meta",
        [0, 0, 0, 0],
        box("iinf", [0, 0, 0, 0], number(3, 2), item(1, "av01"), item(2, "Exif"), item(3, "mime")),
        box(
          "iloc",
          [1, 0, 0, 0, 0x44, 0],
          number(3, 2),
          place(1, 0, mdatAt),
          place(2, 0, mdatAt + secret.length),
          place(3, 1, 0),
        ),
        box("idat", text),
      );
    const start = box("ftyp", brand, "");
    const mdatAt = start.length + meta(0).length + 8;
    return bytes(start, meta(mdatAt), box("mdat", secret.replaceAll(/./g, "p"), text));
  };
  const none = "\0".repeat(secret.length);
  for (const brand of ["avif", "heic"]) await assertCleaned(brand, file(secret, brand), file(none, brand));
});

Deno.test("a broken picture is not a picture, and other files are not changed", async () => {
  for (
    const [start, rest] of [
      ["\x89PNG\r\n\x1a\n", "\0\0\0\0 no chunk"],
      ["GIF89a", "0123456 no block"],
      ["\xff\xd8\xff\xe0", "\0\0 no segment"],
    ] as const
  ) {
    assertEquals((await clean(bytes(start, rest))).isBroken, true, start);
  }
  for (const text of ["", "x", "RIFF1234WAVE and more", `PK\x03\x04${secret}`, "\xff\xd8"]) {
    const { bytes: same, isBroken } = await clean(bytes(text));
    assertEquals([same, isBroken], [bytes(text), false]);
  }
});

Deno.test("no picture, however it is broken, stops the cleaning", async () => {
  const starts = [
    "\xff\xd8\xff\xe1",
    "\x89PNG\r\n\x1a\n",
    "RIFF\xff\xff\0\0WEBP",
    "GIF89a",
    "\0\0\0\x10ftypisom",
  ];
  let state = 1;
  const random = () => (state = (state * 48271) % 2147483647) % 256;
  for (let round = 0; round < 200; round++) {
    const start = starts[round % starts.length] ?? "";
    await clean(bytes(start, Array.from({ length: 100 }, () => round % 2 === 0 ? random() : random() % 4)));
  }
  assertEquals(orientationOf(bytes("II", [42, 0], [255, 255, 255, 255], "x".repeat(20))), undefined);
});

Deno.test("a picture of tiny parts leaves the event loop to the chat between them", async () => {
  let rounds = 0;
  const count = () => {
    rounds++;
    timer = setImmediate(count);
  };
  let timer = setImmediate(count);
  const parts = Array.from({ length: 5000 }, (_, at) => at % 2 === 0 ? 0xff : 0xd0);
  await clean(bytes("\xff\xd8\xff\xd0", parts));
  clearImmediate(timer);
  assert(rounds >= 4, `${rounds} rounds of the event loop`);
});
