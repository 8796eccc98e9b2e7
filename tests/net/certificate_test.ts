/** The certificate we make: another implementation reads it, serves it and connects to it. */
import { assert, assertEquals } from "@std/assert";
import { X509Certificate } from "node:crypto";
import { addressBytes, makeCertificate } from "../../lib/net/certificate.ts";
import { granted } from "../support/permissions.ts";
import { hasProgram } from "../support/programs.ts";

const day = 86_400_000;
const request = {
  names: ["chat.example", "localhost", "127.0.0.1", "::1", "192.168.1.20"],
  notBeforeMs: Date.UTC(2026, 0, 1),
  notAfterMs: Date.UTC(2028, 3, 5),
};

Deno.test("a certificate has the requested content and is self-signed", async () => {
  const read = new X509Certificate((await makeCertificate(request)).cert);
  assertEquals(read.subject, "CN=chat.example");
  assertEquals(read.issuer, read.subject);
  assertEquals(
    read.subjectAltName,
    "DNS:chat.example, DNS:localhost, IP Address:127.0.0.1, IP Address:::1, IP Address:192.168.1.20",
  );
  assertEquals(Date.parse(read.validFrom), request.notBeforeMs);
  assertEquals(Date.parse(read.validTo), request.notAfterMs);
  assert(!read.ca);
  assert(read.verify(read.publicKey));
});

Deno.test("certificates have valid signatures, whatever bytes their numbers start with", async () => {
  const { key } = await makeCertificate(request);
  for (let i = 0; i < 40; i++) {
    const read = new X509Certificate((await makeCertificate({ ...request, key })).cert);
    assert(read.verify(read.publicKey));
    assert(BigInt(`0x${read.serialNumber}`) > 0n);
  }
});

Deno.test("a renewed certificate is different and keeps its key", async () => {
  const first = await makeCertificate(request);
  const second = await makeCertificate({ ...request, key: first.key, notAfterMs: Date.UTC(2051, 0, 1) });
  const [old, renewed] = [new X509Certificate(first.cert), new X509Certificate(second.cert)];
  assertEquals(second.key, first.key);
  assertEquals(
    renewed.publicKey.export({ type: "spki", format: "pem" }),
    old.publicKey.export({ type: "spki", format: "pem" }),
  );
  assert(renewed.fingerprint256 !== old.fingerprint256);
  assertEquals(Date.parse(renewed.validTo), Date.UTC(2051, 0, 1));
});

Deno.test({
  name: "a TLS listener accepts the certificate, and a strict client trusts it",
  ignore: !granted("net"),
  fn: serve,
});
Deno.test({
  name: "openssl finds no fault with the certificate",
  ignore: !hasProgram("openssl"),
  fn: verify,
});

async function serve(): Promise<void> {
  const now = Date.now();
  const pair = await makeCertificate({ ...request, notBeforeMs: now - day, notAfterMs: now + day });
  using listener = Deno.listenTls({ hostname: "127.0.0.1", port: 0, ...pair });
  const accepted = listener.accept().then(async (connection) => {
    await connection.handshake();
    connection.close();
  });
  for (const hostname of ["127.0.0.1"]) {
    using connection = await Deno.connectTls({ hostname, port: listener.addr.port, caCerts: [pair.cert] });
    await connection.handshake();
  }
  await accepted;
}

async function verify(): Promise<void> {
  const folder = await Deno.makeTempDir();
  const now = Date.now();
  const { cert } = await makeCertificate({ ...request, notBeforeMs: now - day, notAfterMs: now + day });
  await Deno.writeTextFile(`${folder}/cert.pem`, cert);
  const command = new Deno.Command("openssl", {
    args: [
      "verify",
      "-x509_strict",
      "-purpose",
      "sslserver",
      "-CAfile",
      `${folder}/cert.pem`,
      `${folder}/cert.pem`,
    ],
  });
  const { stdout, stderr } = await command.output();
  await Deno.remove(folder, { recursive: true });
  assertEquals(
    new TextDecoder().decode(stdout).trim(),
    `${folder}/cert.pem: OK`,
    new TextDecoder().decode(stderr),
  );
}

const addresses: readonly (readonly [text: string, bytes: string | undefined])[] = [
  ["127.0.0.1", "7f000001"],
  ["255.255.255.255", "ffffffff"],
  ["256.0.0.1", undefined],
  ["::", "00000000000000000000000000000000"],
  ["::1", "00000000000000000000000000000001"],
  ["fe80::1:2", "fe800000000000000000000000010002"],
  ["2001:db8:0:1:2:3:4:5", "20010db8000000010002000300040005"],
  ["::ffff:1.2.3.4", "00000000000000000000ffff01020304"],
  ["chat.example", undefined],
  ["a:b", undefined],
];

Deno.test("addressBytes() distinguishes addresses from names", () => {
  for (const [text, bytes] of addresses) assertEquals(addressBytes(text)?.toHex(), bytes, text);
});
