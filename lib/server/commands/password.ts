/** What a new password must be like. */
import { utf8 } from "../../irc/digest.ts";
import { fold } from "../../irc/names.ts";
import type { Chat } from "../chat/chat.ts";

const maxBytes = 1024;

/** Why a password is not good enough for an account, by the codes of draft/account-registration; undefined when it is. */
export function passwordFault(
  { settings }: Chat,
  account: string,
  password: string,
): { readonly code: "WEAK_PASSWORD" | "UNACCEPTABLE_PASSWORD"; readonly words: string } | undefined {
  if (utf8(password).length > maxBytes) {
    return { code: "UNACCEPTABLE_PASSWORD", words: `A password has ${maxBytes} bytes at most` };
  }
  if ([...password].length < settings.passwordLength) {
    return { code: "WEAK_PASSWORD", words: `A password has at least ${settings.passwordLength} characters` };
  }
  if (fold(password) === fold(account)) return { code: "WEAK_PASSWORD", words: "Your name is no password" };
}
