/** Signed texts: only the same secret and the same purpose accept them. */
import { assertEquals } from "@std/assert";
import { decodeText, encodeText, TextSigner } from "../../../lib/server/chat/signed_text.ts";

const secret = new TextEncoder().encode("a secret for this test");

Deno.test("a signed text is read with the same secret, purpose and length only", () => {
  const signed = new TextSigner(secret, "text:", 22).sign("tea.1");
  const readers = [
    new TextSigner(secret, "text:", 22),
    new TextSigner(secret, "", 22),
    new TextSigner(secret, "text:"),
    new TextSigner(secret.slice(1), "text:", 22),
  ];
  assertEquals(readers.map((reader) => reader.read(signed)), ["tea.1", undefined, undefined, undefined]);
});

Deno.test("a changed text or signature is not read", () => {
  const signer = new TextSigner(secret, "");
  const signed = signer.sign("tea");
  for (const forged of [`T${signed.slice(1)}`, signed.slice(0, -1), `${signed}a`, "tea", "tea.", ".", ""]) {
    assertEquals(signer.read(forged), undefined);
  }
});

Deno.test("decodeText() gives the text of encodeText()", () => {
  for (const text of ["", "ann 1", "Zoë~é", "#tea\u{1f375}"]) {
    assertEquals(decodeText(encodeText(text)), text);
    assertEquals(/^[\w-]*$/.test(encodeText(text)), true);
  }
});
