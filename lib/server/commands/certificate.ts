/** CERT: the client certificates that log in to the own account (SASL EXTERNAL). */
import { parseFingerprint } from "../../irc/digest.ts";
import { maxCertificates } from "../chat/accounts.ts";
import { fail } from "../chat/refusal.ts";
import type { Call, CommandTable } from "../hub/command.ts";
import { standardReply } from "../render/reply.ts";
import type { AccountRow } from "../store/accounts.ts";

const usage = "<ADD [<fingerprint>] | LIST | REMOVE <fingerprint>>";

/** The commands of this file. */
export const certificateCommands: CommandTable = {
  CERT: {
    usage,
    help:
      "Shows and changes the client certificates that log in to your account; ADD takes the one of this connection",
    run: cert,
  },
};

/** CERT; NickServ uses it too. */
export function cert(call: Call): void | Promise<void> {
  const { chat, user, params } = call;
  const account = user.account === undefined ? undefined : chat.accounts.find(user.account);
  if (account === undefined) {
    fail("CERT", "ACCOUNT_REQUIRED", "First log in, or register an account with REGISTER");
  }
  const [word = "LIST"] = params;
  switch (word.toUpperCase()) {
    case "ADD":
      return add(call, account);
    case "LIST":
      return list(call, account);
    case "REMOVE":
    case "DEL":
      return remove(call, account);
    default:
      fail("CERT", "INVALID_PARAMS", `Write: CERT ${usage}`);
  }
}

async function add(
  { chat, commit, session, params }: Call,
  { name, certificates = [] }: AccountRow,
): Promise<void> {
  const [, written] = params;
  const fingerprint = written === undefined
    ? session.connection.tls?.clientCertificate
    : parseFingerprint(written);
  if (fingerprint === undefined) {
    if (written !== undefined) {
      fail("CERT", "INVALID_FINGERPRINT", "A fingerprint is SHA-256: 64 hexadecimal digits");
    }
    fail("CERT", "NO_CERTIFICATE", "This connection has no client certificate: write CERT ADD <fingerprint>");
  }
  const owner = chat.accounts.findByCertificate(fingerprint);
  if (owner !== undefined) {
    const whose = owner.name === name ? "your account" : "another account";
    fail("CERT", "CERTIFICATE_IN_USE", fingerprint, `This certificate belongs to ${whose}`);
  }
  if (certificates.length >= maxCertificates) {
    fail("CERT", "TOO_MANY_CERTIFICATES", fingerprint, `An account can have ${maxCertificates} certificates`);
  }
  await commit({ kind: "certificate added", account: name, fingerprint }, session);
  if (chat.accounts.findByCertificate(fingerprint)?.name !== name) return;
  standardReply(
    session,
    "NOTE",
    "CERT",
    "ADDED",
    fingerprint,
    "This certificate can log in to your account now",
  );
}

function list({ session }: Call, { certificates = [] }: AccountRow): void {
  if (certificates.length === 0) {
    return standardReply(session, "NOTE", "CERT", "LIST", "Your account has no client certificate");
  }
  const own = session.connection.tls?.clientCertificate;
  for (const { fingerprint, addedMs } of certificates) {
    const added = `${fingerprint}, added on ${new Date(addedMs).toISOString().slice(0, 10)}`;
    const words = fingerprint === own ? `${added}, used by this connection` : added;
    standardReply(session, "NOTE", "CERT", "LIST", fingerprint, words);
  }
}

async function remove({ commit, session, params }: Call, account: AccountRow): Promise<void> {
  const [, written = ""] = params;
  const fingerprint = parseFingerprint(written);
  if (!account.certificates?.some((one) => one.fingerprint === fingerprint) || fingerprint === undefined) {
    fail("CERT", "UNKNOWN_CERTIFICATE", "Your account has no such certificate: see CERT LIST");
  }
  await commit({ kind: "certificate removed", account: account.name, fingerprint }, session);
  standardReply(session, "NOTE", "CERT", "REMOVED", fingerprint, "This certificate cannot log in any more");
}
