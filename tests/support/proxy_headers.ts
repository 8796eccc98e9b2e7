/** PROXY headers as proxies write them. */
import { parseAddress } from "../../lib/irc/address.ts";

const signature = "\r\n\r\n\0\r\nQUIT\n";

/** Version 2: `kind` is version and command, `ends` family and transport; the length is that of `rest`. */
export function binaryHeader(kind: number, ends: number, rest: readonly number[]): Uint8Array<ArrayBuffer> {
  const start = Array.from(signature, (letter) => letter.charCodeAt(0));
  return Uint8Array.from([...start, kind, ends, rest.length >> 8, rest.length & 0xff, ...rest]);
}

/** The header for a visitor with this IPv4 address, with or without TLS. */
export function headerOf(address: string, secure = false): Uint8Array<ArrayBuffer> {
  const bytes = [...parseAddress(address) ?? []];
  return binaryHeader(0x21, 0x11, [
    ...bytes,
    10,
    0,
    0,
    5,
    18,
    103,
    26,
    11,
    0x20,
    0,
    5,
    Number(secure),
    0,
    0,
    0,
    0,
  ]);
}
