/** Apply, for the client certificates of accounts. A certificate belongs to one account. */
import { stampMs } from "../../irc/stamp.ts";
import type { ChatState } from "../chat/chat.ts";
import type { Refusal } from "../chat/refusal.ts";
import { maxCertificates } from "../chat/accounts.ts";
import { sendStandardReply } from "../render/reply.ts";
import type { AccountCertificate, AccountRow } from "../store/accounts.ts";
import type { CertificateEvent } from "./account_event.ts";

/** Adds or removes a certificate. The other sessions of the account are told, because it logs in like a password. */
export function applyCertificateEvent(
  chat: ChatState,
  { kind, account, fingerprint }: CertificateEvent,
  stamp: number,
): Refusal | undefined {
  const row = chat.accounts.find(account);
  if (row === undefined) return;
  const { certificates = [] } = row;
  const others = certificates.filter((one) => one.fingerprint !== fingerprint);
  if (kind === "certificate removed") {
    if (others.length === certificates.length) return;
    chat.logEntry(kind, { account: row.name });
    return save(chat, row, others, `Certificate ${fingerprint} was removed`);
  }
  const owner = chat.accounts.findByCertificate(fingerprint);
  if (owner !== undefined || certificates.length >= maxCertificates) {
    const reason = owner === undefined ? "TOO_MANY_CERTIFICATES" : "CERTIFICATE_IN_USE";
    return {
      refusal: "standard",
      params: ["CERT", reason, fingerprint, "Somebody added a certificate before you"],
    };
  }
  chat.logEntry(kind, { account: row.name });
  const added = [...certificates, { fingerprint, addedMs: stampMs(stamp) }];
  save(chat, row, added, `Certificate ${fingerprint} can log in to your account now`);
}

function save(
  chat: ChatState,
  row: AccountRow,
  certificates: readonly AccountCertificate[],
  sentence: string,
): undefined {
  chat.store?.accounts.save({ ...row, certificates });
  for (const user of chat.usersOf(row.name)) {
    for (const session of user.sessions) {
      if (session !== chat.applyingFor) {
        sendStandardReply(session, "NOTE", "CERT", "CHANGED", row.name, sentence);
      }
    }
  }
}
