import { assertEquals } from "@std/assert";
import { JoinErrors } from "../../../lib/client/page/join_errors.ts";

Deno.test("the page asks for the password of the server, and says where others can read it", () => {
  const sentence = (isConfidential: boolean) => {
    const errors = new JoinErrors(false, isConfidential);
    errors.add("Password incorrect", "ERR_PASSWDMISMATCH");
    return errors.takeAll();
  };
  assertEquals(sentence(true), ["This server needs a password: enter it above"]);
  assertEquals(sentence(false), [
    "This server needs a password: enter it above if others in this network may know it, because this page is not encrypted",
  ]);
});
