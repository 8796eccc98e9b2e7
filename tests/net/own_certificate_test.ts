/** The certificate of a server: made, stored, renewed, given. */
import { assert, assertEquals, assertRejects } from "@std/assert";
import { X509Certificate } from "node:crypto";
import { makeCertificate } from "../../lib/net/certificate.ts";
import { CertificateError, loadCertificate } from "../../lib/net/own_certificate.ts";
import { granted } from "../support/permissions.ts";

const ignore = !granted("read", "write");
/** A server with narrow permissions listens on its own address and no other. */
const permissions = {
  net: false,
  read: "inherit",
  write: "inherit",
  env: "inherit",
  run: "inherit",
  sys: "inherit",
} as const;
const names = ["chat.test", "localhost", "127.0.0.1"];
const nowMs = Date.now();
const day = 86_400_000;

Deno.test({
  name: "a certificate is made once, and only its owner can read the files",
  ignore,
  permissions,
  fn: made,
});
Deno.test({
  name: "a certificate is renewed with the same key a month before it expires",
  ignore,
  fn: renewed,
});
Deno.test({ name: "a certificate without a folder is a new one each time", ignore, fn: ephemeral });
Deno.test({ name: "given files are used, and their faults are reported", ignore, permissions, fn: given });
Deno.test({ name: "a folder that cannot be written is reported", ignore, fn: unwritable });

async function inFolder(act: (folder: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    await act(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

function made(): Promise<void> {
  return inFolder(async (parent) => {
    const folder = `${parent}/data`;
    const first = await loadCertificate({ folder, names, nowMs });
    assert(first.selfMade);
    assertEquals(first.fingerprint, new X509Certificate(first.cert).fingerprint256);
    assertEquals(await loadCertificate({ folder, names, nowMs }), first);
    for (const file of ["tls-key.pem", "tls-cert.pem"]) {
      assertEquals((Deno.statSync(`${folder}/${file}`).mode ?? 0) & 0o777, 0o600);
    }
  });
}

function renewed(): Promise<void> {
  return inFolder(async (folder) => {
    const first = await loadCertificate({ folder, names, nowMs });
    const early = await loadCertificate({ folder, names, nowMs: first.expiresMs - 31 * day });
    assertEquals(early, first);
    const late = await loadCertificate({ folder, names, nowMs: first.expiresMs - 29 * day });
    assert(late.fingerprint !== first.fingerprint);
    assertEquals(late.key, first.key);
    assert(late.expiresMs > first.expiresMs + 700 * day);
    // The clock was wrong, and is right again: no client accepts a certificate of the future.
    const back = await loadCertificate({ folder, names, nowMs });
    assert(back.startsMs <= nowMs);
    assertEquals(back.key, first.key);
  });
}

async function ephemeral(): Promise<void> {
  const [one, other] = [await loadCertificate({ names, nowMs }), await loadCertificate({ names, nowMs })];
  assert(one.fingerprint !== other.fingerprint);
}

function given(): Promise<void> {
  return inFolder(async (folder) => {
    const pair = await makeCertificate({ names, notBeforeMs: nowMs, notAfterMs: nowMs + day });
    const other = await makeCertificate({ names, notBeforeMs: nowMs, notAfterMs: nowMs + day });
    const files = { cert: `${folder}/c.pem`, key: `${folder}/k.pem` };
    Deno.writeTextFileSync(files.cert, pair.cert);
    Deno.writeTextFileSync(files.key, pair.key);
    assertEquals((await loadCertificate({ files, names, nowMs })).cert, pair.cert);
    const faults: readonly (readonly [cert: string, key: string, words: string])[] = [
      [pair.cert, other.key, "the key does not match the certificate"],
      ["nothing", pair.key, "the certificate is not a PEM certificate"],
      [pair.cert, "nothing", "the key is not a PEM key"],
    ];
    for (const [cert, key, words] of faults) {
      Deno.writeTextFileSync(files.cert, cert);
      Deno.writeTextFileSync(files.key, key);
      await assertRejects(() => loadCertificate({ files, names, nowMs }), CertificateError, words);
    }
    const missing = { ...files, cert: `${folder}/none.pem` };
    await assertRejects(
      () => loadCertificate({ files: missing, names, nowMs }),
      CertificateError,
      "Cannot read the certificate",
    );
  });
}

function unwritable(): Promise<void> {
  return inFolder(async (folder) => {
    Deno.writeTextFileSync(`${folder}/data`, "a file in the way");
    const source = { folder: `${folder}/data`, names, nowMs };
    await assertRejects(() => loadCertificate(source), CertificateError, "Cannot ");
  });
}
