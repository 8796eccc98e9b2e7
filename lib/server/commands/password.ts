/** The rules for a new password. */
import { utf8 } from "../../irc/digest.ts";
import { fold } from "../../irc/names.ts";
import { isCommonPassword } from "../chat/common_passwords.ts";
import type { Chat } from "../chat/chat.ts";

const maxBytes = 1024;
/** With a shorter minimum, the operator of the server has decided that simple passwords are good enough. */
const carefulLength = 8;

/** A password that is not accepted, or cannot be checked now. */
export interface PasswordFault {
  /** A code of draft/account-registration. */
  readonly code: "WEAK_PASSWORD" | "UNACCEPTABLE_PASSWORD" | "TEMPORARILY_UNAVAILABLE";
  readonly words: string;
}

/** The reason why a password is not accepted for an account; undefined if it is accepted. */
export async function passwordFault(
  { settings, log }: Chat,
  account: string,
  password: string,
): Promise<PasswordFault | undefined> {
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
  if (settings.passwordLength < carefulLength) return undefined;
  try {
    if (!await isCommonPassword(password)) return undefined;
  } catch (error) {
    log(
      "error",
      `Cannot load the list of common passwords: ${error instanceof Error ? error.message : error}`,
    );
    return {
      code: "TEMPORARILY_UNAVAILABLE",
      words: "The server cannot check new passwords now; try again later",
    };
  }
  return {
    code: "WEAK_PASSWORD",
    words: "This is one of the passwords that attackers try first: choose another one",
  };
}
