/** The digests for pages without WebCrypto give the same results as WebCrypto. */
import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { type Bytes, hmac, pbkdf2, sha256, utf8 } from "../../lib/irc/digest.ts";
import { plainDigests } from "../../lib/irc/plain_digest.ts";

const texts = fc.uint8Array({ maxLength: 300 }).map((found): Bytes => Uint8Array.from(found));
/** WebCrypto accepts no empty key. */
const keys = fc.uint8Array({ minLength: 1, maxLength: 300 }).map((found): Bytes => Uint8Array.from(found));

Deno.test("plain digests: SHA-256 and HMAC of any bytes equal those of WebCrypto", async () => {
  await fc.assert(fc.asyncProperty(keys, texts, async (key, text) => {
    assertEquals(await plainDigests.sha256(text), await sha256(text));
    assertEquals(await plainDigests.hmac(key, text), await hmac(key, text));
  }));
});

Deno.test("plain digests: the padding is correct for all lengths around the end of a block", async () => {
  for (let length = 0; length <= 130; length++) {
    const text = new Uint8Array(length).fill(97);
    assertEquals(await plainDigests.sha256(text), await sha256(text), String(length));
  }
});

Deno.test("plain digests: PBKDF2 equals that of WebCrypto, with one round and with many", async () => {
  const [password, salt] = [utf8("two sugars please"), utf8("salt of the sea")];
  for (const rounds of [1, 2, 4096]) {
    assertEquals(await plainDigests.pbkdf2(password, salt, rounds), await pbkdf2(password, salt, rounds));
  }
});
