/** The rules for a new password. */
import { utf8 } from "../../irc/digest.ts";
import { fold } from "../../irc/names.ts";
import { isCommonPassword } from "../chat/common_passwords.ts";
import type { Chat } from "../chat/chat.ts";

const maxBytes = 1024;
/** With a shorter minimum, the operator of the server has decided that simple passwords are good enough. */
const carefulLength = 8;

/**
 * The reason why a password is not accepted for an account, with a code of draft/account-registration; undefined if
 * it is accepted.
 */
export async function passwordFault(
  { settings }: Chat,
  account: string,
  password: string,
): Promise<
  { readonly code: "WEAK_PASSWORD" | "UNACCEPTABLE_PASSWORD"; readonly words: string } | undefined
> {
  if (utf8(password).length > maxBytes) {
    return { code: "UNACCEPTABLE_PASSWORD", words: `The password is longer than ${maxBytes} bytes` };
  }
  if ([...password].length < settings.passwordLength) {
    return {
      code: "WEAK_PASSWORD",
      words: `The password is shorter than ${settings.passwordLength} characters`,
    };
  }
  if (fold(password) === fold(account)) {
    return { code: "WEAK_PASSWORD", words: "The password must not be your name" };
  }
  if (settings.passwordLength >= carefulLength && await isCommonPassword(password)) {
    return {
      code: "WEAK_PASSWORD",
      words: "This is one of the passwords that attackers try first: choose another one",
    };
  }
}
