/** The devices of a person, as SESSIONS lists them, and the notice of a new login. */
import { stampMs } from "../../irc/stamp.ts";
import type { Device, User } from "../chat/user.ts";
import { sendStandardReply } from "./reply.ts";

/** "Parley page over TLS, from 192.0.2.1" */
export function deviceWords({ client, secure, address }: Device): string {
  return `${client === "" ? "IRC app" : client}${secure ? " over TLS" : ""}, from ${address}`;
}

/** Tells the sessions of a user on this machine that a further device logged in. */
export function tellNewLogin(user: User, id: string, device: Device): void {
  const time = new Date(stampMs(device.since)).toISOString().slice(11, 16);
  const sentence =
    `New login to your account at ${time} UTC: ${deviceWords(device)}. If it is not yours, write ` +
    `SESSIONS END ${id} (/sessions end ${id} in Parley's clients), and change your password`;
  for (const session of user.sessions) {
    sendStandardReply(session, "NOTE", "SESSIONS", "NEW_LOGIN", id, device.address, sentence);
  }
}
