/**
 * Makes a certificate for a server that has none: self-signed, ECDSA on P-256. The DER (X.690) is written by hand,
 * because WebCrypto signs but does not write certificates. It does not read certificates (see own_certificate.ts).
 */

type Bytes = Uint8Array<ArrayBuffer>;

/** The content of a certificate. */
export interface CertificateRequest {
  /** Host names and IP addresses of the server; the first is the common name. */
  readonly names: readonly string[];
  /** Milliseconds since 1970. */
  readonly notBeforeMs: number;
  readonly notAfterMs: number;
  /** PKCS #8 as PEM. A renewed certificate keeps its key, so pins of the key stay valid. @default {a new one} */
  readonly key?: string;
}

/** A certificate and its key, as PEM. */
export interface KeyPair {
  readonly cert: string;
  readonly key: string;
}

const algorithm = { name: "ECDSA", namedCurve: "P-256" } as const;

/** Makes and signs a certificate. Throws if `key` is not a P-256 key. */
export async function makeCertificate(request: CertificateRequest): Promise<KeyPair> {
  const [name] = request.names;
  if (name === undefined) throw new RangeError("Cannot make a certificate without a name");
  const { secret, open } = await keys(request.key);
  const subject = sequence(set(sequence(objectId("2.5.4.3"), tagged(0x0c, utf8(name.slice(0, 64))))));
  const body = sequence(
    tagged(0xa0, integer(Uint8Array.of(2))),
    integer(crypto.getRandomValues(new Uint8Array(16))),
    ecdsaWithSha256,
    subject,
    sequence(time(request.notBeforeMs), time(request.notAfterMs)),
    subject,
    open,
    tagged(0xa3, sequence(...extensions(request.names))),
  );
  const signature = new Uint8Array(
    await crypto.subtle.sign({ name: "ECDSA", hash: "SHA-256" }, secret, body),
  );
  const signed = sequence(integer(signature.slice(0, 32)), integer(signature.slice(32)));
  return {
    cert: pem("CERTIFICATE", sequence(body, ecdsaWithSha256, bits(signed))),
    key: request.key ?? pem("PRIVATE KEY", new Uint8Array(await crypto.subtle.exportKey("pkcs8", secret))),
  };
}

/** The key to sign with, and the public key in the form of the certificate (SubjectPublicKeyInfo). */
async function keys(known: string | undefined): Promise<{ secret: CryptoKey; open: Bytes }> {
  if (known === undefined) {
    const pair = await crypto.subtle.generateKey(algorithm, true, ["sign", "verify"]);
    return { secret: pair.privateKey, open: await publicInfo(pair.publicKey) };
  }
  const secret = await crypto.subtle.importKey("pkcs8", fromPem(known), algorithm, true, ["sign"]);
  const { d: _, key_ops: _operations, ...open } = await crypto.subtle.exportKey("jwk", secret);
  return {
    secret,
    open: await publicInfo(await crypto.subtle.importKey("jwk", open, algorithm, true, ["verify"])),
  };
}

async function publicInfo(key: CryptoKey): Promise<Bytes> {
  return new Uint8Array(await crypto.subtle.exportKey("spki", key));
}

/** The certificate is for servers with these names, and it cannot sign other certificates. */
function extensions(names: readonly string[]): Bytes[] {
  const critical = Uint8Array.of(0x01, 0x01, 0xff);
  const digitalSignature = Uint8Array.of(0x03, 0x02, 0x07, 0x80);
  return [
    sequence(objectId("2.5.29.19"), critical, octets(sequence())),
    sequence(objectId("2.5.29.15"), critical, octets(digitalSignature)),
    sequence(objectId("2.5.29.37"), octets(sequence(objectId("1.3.6.1.5.5.7.3.1")))),
    sequence(objectId("2.5.29.17"), octets(sequence(...names.map(generalName)))),
  ];
}

function generalName(name: string): Bytes {
  const address = addressBytes(name);
  return address === undefined ? tagged(0x82, utf8(name)) : tagged(0x87, address);
}

/** The bytes of an IP address; undefined for a host name. */
export function addressBytes(text: string): Bytes | undefined {
  if (/^\d{1,3}(\.\d{1,3}){3}$/.test(text)) {
    const parts = text.split(".").map(Number);
    return parts.every((part) => part < 256) ? Uint8Array.from(parts) : undefined;
  }
  if (!text.includes(":")) return undefined;
  const host = URL.parse(`http://[${text}]/`)?.hostname.slice(1, -1);
  if (host === undefined) return undefined;
  const [head = "", tail] = host.split("::");
  const [before, after] = [head, tail ?? ""].map((side) => side === "" ? [] : side.split(":"));
  const zeros = new Array(8 - (before?.length ?? 0) - (after?.length ?? 0)).fill("0");
  const groups = [...before ?? [], ...zeros, ...after ?? []].map((group) => parseInt(group, 16));
  return Uint8Array.from(groups.flatMap((group) => [group >> 8, group & 255]));
}

function tagged(tag: number, ...contents: readonly Bytes[]): Bytes {
  const length = contents.reduce((sum, one) => sum + one.length, 0);
  const size = length < 128 ? [length] : length < 256 ? [0x81, length] : [0x82, length >> 8, length & 255];
  const all = new Uint8Array(1 + size.length + length);
  all.set([tag, ...size]);
  let at = 1 + size.length;
  for (const one of contents) {
    all.set(one, at);
    at += one.length;
  }
  return all;
}

function sequence(...contents: readonly Bytes[]): Bytes {
  return tagged(0x30, ...contents);
}

function set(...contents: readonly Bytes[]): Bytes {
  return tagged(0x31, ...contents);
}

function octets(content: Bytes): Bytes {
  return tagged(0x04, content);
}

function bits(content: Bytes): Bytes {
  return tagged(0x03, Uint8Array.of(0), content);
}

/** A number above 0, with only as many leading zeros as keep it positive. */
function integer(bytes: Bytes): Bytes {
  const first = bytes.findIndex((byte) => byte !== 0);
  const digits = bytes.slice(first < 0 ? bytes.length - 1 : first);
  return (digits[0] ?? 0) < 128 ? tagged(0x02, digits) : tagged(0x02, Uint8Array.of(0), digits);
}

function objectId(dotted: string): Bytes {
  const [first = 0, second = 0, ...rest] = dotted.split(".").map(Number);
  const bytes = [first * 40 + second];
  for (const arc of rest) {
    const septets = [arc & 127];
    for (let left = arc >>> 7; left > 0; left >>>= 7) septets.unshift((left & 127) | 128);
    bytes.push(...septets);
  }
  return tagged(0x06, Uint8Array.from(bytes));
}

/** Two digits for the year until 2049, four digits after that (RFC 5280 §4.1.2.5). */
function time(ms: number): Bytes {
  const text = new Date(ms).toISOString().replace(/[-:T]|\.\d+/g, "");
  return Number(text.slice(0, 4)) < 2050 ? tagged(0x17, utf8(text.slice(2))) : tagged(0x18, utf8(text));
}

function utf8(text: string): Bytes {
  return new TextEncoder().encode(text);
}

function pem(label: string, der: Bytes): string {
  const lines = der.toBase64().match(/.{1,64}/g) ?? [];
  return `-----BEGIN ${label}-----\n${lines.join("\n")}\n-----END ${label}-----\n`;
}

function fromPem(text: string): Bytes {
  return Uint8Array.fromBase64(text.replace(/-----[A-Z ]+-----/g, ""));
}

const ecdsaWithSha256 = sequence(objectId("1.2.840.10045.4.3.2"));
