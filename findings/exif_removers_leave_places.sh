#!/usr/bin/env bash
# Packages that remove EXIF data leave the place of a photo in the file.
#
# Expected: after a package for this purpose, a picture tells no place and looks the same.
# Seen: exif-be-gone 1.5.1, which says that it knows JPEG, PNG and WebP, changes nothing in a WebP with EXIF and
# XMP chunks. In a JPEG it leaves IPTC (APP13) and comments, and drops the orientation, so photos of phones lie on
# their side. piexif-ts 2.1.0 and exifremove 1.0.1 know JPEG only, and leave XMP and IPTC.
# For a chat server: sharing a photo tells others where somebody lives, although "EXIF is removed". Encoding the picture
# again (sharp) removes all, but changes the picture and needs native code.
# Our code: lib/server/media/clean_media.ts keeps only the parts that a picture needs.
set -euo pipefail

for program in node npm; do
  command -v "$program" >/dev/null || { echo "This needs $program: apt-get install nodejs npm"; exit 2; }
done
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y >/dev/null
npm install --silent exif-be-gone@1.5.1 piexif-ts@2.1.0 exifremove@1.0.1 >/dev/null

cat >check.cjs <<'PROGRAM'
const { Readable } = require("node:stream");
const ExifBeGone = require("exif-be-gone");
const piexif = require("piexif-ts");
const exifremove = require("exifremove");

const place = "PLACE-52.5-13.4";
const bytes = (...parts) => Buffer.concat(parts.map((part) => Buffer.from(part, typeof part === "string" ? "latin1" : undefined)));
const big16 = (value) => [value >> 8, value & 255];
const segment = (marker, content) => bytes([0xff, marker], big16(content.length + 2), content);

// EXIF data with an orientation (6) and a place as the name of the camera.
const entry = (tag, type, count, value) => [...big16(tag), ...big16(type), 0, 0, ...big16(count), ...value];
const exif = bytes("MM", [0, 42, 0, 0, 0, 8, 0, 2], entry(0x010f, 2, place.length, [0, 0, 0, 38]),
  entry(0x0112, 3, 1, [0, 6, 0, 0]), [0, 0, 0, 0], place);
const jpeg = bytes([0xff, 0xd8], segment(0xe1, bytes("Exif\0\0", exif)),
  segment(0xe1, bytes("http://ns.adobe.com/xap/1.0/\0<x>XMP ", place, "</x>")),
  segment(0xed, bytes("Photoshop 3.0\0IPTC ", place)), segment(0xfe, bytes("comment ", place)),
  segment(0xda, bytes([0, 0])), "data", [0xff, 0xd9]);
const chunk = (type, content) => {
  const size = Buffer.alloc(4);
  size.writeUInt32LE(content.length);
  return bytes(type, size, content, content.length % 2 ? [0] : []);
};
const chunks = bytes(chunk("VP8X", bytes([0x0c, 0, 0, 0, 0, 0, 0, 0, 0, 0])), chunk("VP8L", bytes("picture.")),
  chunk("EXIF", exif), chunk("XMP ", bytes("XMP ", place)));
const size = Buffer.alloc(4);
size.writeUInt32LE(chunks.length + 4);
const webp = bytes("RIFF", size, "WEBP", chunks);

const left = (file) => {
  const text = file.toString("latin1");
  const places = ["XMP", "IPTC", "comment"].filter((name) => new RegExp(`${name} ${place}`).test(text));
  if (text.includes(exif.toString("latin1"))) places.push("EXIF");
  return places.join(", ") || "nothing";
};
async function exifBeGone(file) {
  const parts = [];
  for await (const part of Readable.from([file]).pipe(new ExifBeGone())) parts.push(part);
  return Buffer.concat(parts);
}
const attempt = (act) => { try { return left(act()); } catch (error) { return `refused (${error.message ?? error})`; } };

(async () => {
  const cleaned = await exifBeGone(jpeg);
  const seen = {
    "exif-be-gone, JPEG": left(cleaned),
    "exif-be-gone, JPEG, orientation": cleaned.includes("Exif") ? "kept" : "lost",
    "exif-be-gone, WebP": left(await exifBeGone(webp)),
    "piexif-ts, JPEG": attempt(() => Buffer.from(piexif.remove(jpeg.toString("binary")), "binary")),
    "piexif-ts, WebP": attempt(() => Buffer.from(piexif.remove(webp.toString("binary")), "binary")),
    "exifremove, JPEG": attempt(() => exifremove.remove(jpeg)),
    "exifremove, WebP": attempt(() => exifremove.remove(webp)),
  };
  console.log(`Node.js ${process.version}; exif-be-gone 1.5.1, piexif-ts 2.1.0, exifremove 1.0.1`);
  console.log("expected: nothing is left, and the orientation is kept");
  for (const [name, found] of Object.entries(seen)) console.log(`  ${name}: ${found}`);
  const isSame = /IPTC/.test(seen["exif-be-gone, JPEG"]) && /XMP/.test(seen["exif-be-gone, WebP"]) &&
    seen["exif-be-gone, JPEG, orientation"] === "lost" && /XMP/.test(seen["piexif-ts, JPEG"]);
  console.log(isSame ? "As described: places are left" : "Changed: one of the packages removes more now");
  process.exit(isSame ? 0 : 1);
})();
PROGRAM
node check.cjs
