/** The credentials of the client: the account with its password, and the certificate. */

import { X509Certificate } from "node:crypto";
import { createSecureContext } from "node:tls";
import { deadlines } from "../../deadlines.ts";
import type { KeyPair } from "../../net/certificate.ts";
import type { Account } from "../core/login.ts";
import { findPassword } from "./password_source.ts";
import type { ClientValues } from "./read_options.ts";

/** Undefined parts are not used. */
export interface Credentials {
  readonly account: Account | undefined;
  readonly certificate: KeyPair | undefined;
}

/** The account and the certificate that the flags name. Throws an Error with a sentence for people. */
export async function findCredentials(
  values: ClientValues,
  name: string | undefined,
  environment: Readonly<Record<string, string>>,
): Promise<Credentials> {
  const certificate = await readCertificate(values);
  // A certificate needs no password, so nobody is asked for one.
  const password = await findPassword(values, environment, certificate === undefined);
  if (password === undefined && certificate === undefined) return { account: undefined, certificate };
  const owner = values.account ?? name;
  if (owner === undefined) throw new Error("Cannot log in without a name: write --account NAME");
  const { mechanism } = values;
  const account = {
    name: owner,
    password: password ?? "",
    hasCertificate: certificate !== undefined,
    ...(mechanism !== undefined && { mechanism }),
  };
  return { account, certificate };
}

async function readCertificate({ clientCert, clientKey }: ClientValues): Promise<KeyPair | undefined> {
  if (clientCert === undefined) {
    if (clientKey !== undefined) throw new Error("Cannot use --client-key without --client-cert");
    return undefined;
  }
  const certificate = { cert: await readPem(clientCert), key: await readPem(clientKey ?? clientCert) };
  try {
    new X509Certificate(certificate.cert);
    createSecureContext(certificate);
  } catch {
    const where = clientKey === undefined ? `"${clientCert}"` : `"${clientCert}" with "${clientKey}"`;
    throw new Error(`Cannot use the certificate ${where}: it needs a certificate and its key, both as PEM`);
  }
  return certificate;
}

async function readPem(path: string): Promise<string> {
  try {
    // It can be a pipe.
    return await Deno.readTextFile(path, { signal: AbortSignal.timeout(deadlines.pipeMs) });
  } catch (error) {
    throw new Error(`Cannot read the certificate or its key from "${path}": ${reasonOf(error)}`, {
      cause: error,
    });
  }
}

function reasonOf(error: unknown): string {
  if (error instanceof Deno.errors.NotFound) return "the file does not exist";
  if (error instanceof DOMException) return "nothing was written to it in time";
  return "access denied";
}
