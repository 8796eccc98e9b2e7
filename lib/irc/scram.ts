/**
 * SCRAM-SHA-256 (RFC 5802, RFC 7677): verifiers and the server's side. A verifier is all that is ever kept of a
 * password: it proves SCRAM, PLAIN and OPER alike, and nobody can log in with it. Channel binding is not offered. The
 * client's side is scram_client.ts.
 */
import { type Bytes, decode64, encode64, equalBytes, hmac, pbkdf2, sha256, utf8, xor } from "./digest.ts";

/** What is kept of a password (RFC 5802 §3). */
export interface Verifier {
  /** Rounds of PBKDF2. */
  readonly iterations: number;
  readonly salt: Bytes;
  readonly storedKey: Bytes;
  readonly serverKey: Bytes;
}

/** PBKDF2's result, from which both keys are made; as secret as the password. */
export function saltedPassword(password: string, salt: Bytes, iterations: number): Promise<Bytes> {
  return pbkdf2(utf8(preparePassword(password)), salt, iterations);
}

/** A verifier for a password; with a new salt unless one is given. Takes 16 ms per 100,000 iterations of a core. */
export async function makeVerifier(password: string, iterations: number, salt?: Bytes): Promise<Verifier> {
  const grains = salt ?? crypto.getRandomValues(new Uint8Array(16));
  const salted = await saltedPassword(password, grains, iterations);
  const storedKey = await sha256(await hmac(salted, utf8("Client Key")));
  return { iterations, salt: grains, storedKey, serverKey: await hmac(salted, utf8("Server Key")) };
}

/** Whether this is the password; compares in constant time. */
export async function isPassword(verifier: Verifier, password: string): Promise<boolean> {
  const made = await makeVerifier(password, verifier.iterations, verifier.salt);
  return equalBytes(made.storedKey, verifier.storedKey);
}

/**
 * A verifier no password fits, for a name that does not exist: the same name and secret always bring the same salt,
 * so that nobody learns by asking twice that it was made up.
 */
export async function decoyVerifier(name: string, secret: Bytes, iterations: number): Promise<Verifier> {
  const made = await hmac(secret, utf8(name));
  const storedKey = crypto.getRandomValues(new Uint8Array(32));
  return { iterations, salt: made.slice(0, 16), storedKey, serverKey: await hmac(secret, storedKey) };
}

/** As one line of text, in the form PostgreSQL uses too: "SCRAM-SHA-256$4096:salt$storedKey:serverKey". */
export function formatVerifier({ iterations, salt, storedKey, serverKey }: Verifier): string {
  return `SCRAM-SHA-256$${iterations}:${encode64(salt)}$${encode64(storedKey)}:${encode64(serverKey)}`;
}

/** The verifier a text describes; undefined when it describes none. */
export function parseVerifier(text: string): Verifier | undefined {
  const [, rounds, ...parts] = /^SCRAM-SHA-256\$([1-9]\d{3,8}):([^$:]+)\$([^$:]+):([^$:]+)$/.exec(text) ?? [];
  const [salt, storedKey, serverKey] = parts.map(decode64);
  if (salt === undefined || storedKey?.length !== 32 || serverKey?.length !== 32) return undefined;
  return { iterations: Number(rounds), salt, storedKey, serverKey };
}

/**
 * The form in which a password is compared (RFC 4013 as far as it matters): equal to the eye is equal. Returns it as
 * it came where RFC 4013 forbids it, as servers do that must not lock people out.
 */
export function preparePassword(password: string): string {
  const mapped = password.replace(/\p{Zs}/gu, " ").replace(
    /[\u00AD\u034F\u1806\u180B-\u180D\u200B-\u200D\u2060\uFE00-\uFE0F\uFEFF]/gu,
    "",
  );
  const prepared = mapped.normalize("NFKC");
  return prepared === "" ? password : prepared;
}

/** What the client said first, if it makes sense. */
interface ClientFirst {
  /** "n,," with its authorisation identity; comes back in the last message. */
  readonly header: string;
  readonly name: string;
  readonly bare: string;
  readonly nonce: string;
}

/** One log-in by SCRAM on the server's side: `first` and then `final`, once each. Texts are decoded already. */
export class ScramServer {
  readonly #nonce: string;
  #client: ClientFirst | undefined;
  #verifier: Verifier | undefined;
  #first = "";

  /** `nonce` is for tests of known vectors. */
  constructor(nonce: string = encode64(crypto.getRandomValues(new Uint8Array(18)))) {
    this.#nonce = nonce;
  }

  /** The name that wants to log in; "" before `first`. */
  get name(): string {
    return this.#client?.name ?? "";
  }

  /** What its password is compared with; undefined before `first`. */
  get verifier(): Verifier | undefined {
    return this.#verifier;
  }

  /** Answers the client's first message, with the verifier that `find` has for its name; undefined when it is malformed. */
  async first(message: string, find: (name: string) => Promise<Verifier>): Promise<string | undefined> {
    const client = parseFirst(message);
    if (client === undefined) return undefined;
    this.#client = client;
    const verifier = this.#verifier = await find(client.name);
    this.#first = `r=${client.nonce}${this.#nonce},s=${encode64(verifier.salt)},i=${verifier.iterations}`;
    return this.#first;
  }

  /** Answers the client's proof with ours; undefined when it is wrong. */
  async final(message: string): Promise<string | undefined> {
    const [client, verifier] = [this.#client, this.#verifier];
    const [, rest, header, nonce, proof] = /^(c=([^,]+),r=([^,]+)),p=([^,]+)$/.exec(message) ?? [];
    if (client === undefined || verifier === undefined || rest === undefined) return undefined;
    const proofBytes = decode64(proof ?? "");
    if (header !== encode64(utf8(client.header)) || nonce !== client.nonce + this.#nonce) return undefined;
    if (proofBytes?.length !== 32) return undefined;
    const signed = utf8(`${client.bare},${this.#first},${rest}`);
    const clientKey = xor(proofBytes, await hmac(verifier.storedKey, signed));
    if (!equalBytes(await sha256(clientKey), verifier.storedKey)) return undefined;
    return `v=${encode64(await hmac(verifier.serverKey, signed))}`;
  }
}

/** Reads "n,a=authzid,n=name,r=nonce". An identity to act as must be the name itself; extensions ("m=") are refused. */
function parseFirst(message: string): ClientFirst | undefined {
  const [, header, actAs, bare, written, nonce] =
    /^([ny],(?:a=([^,]+))?,)(n=([^,]+),r=([\x21-\x2b\x2d-\x7e]+)(?:,.*)?)$/u.exec(message) ?? [];
  if (header === undefined || bare === undefined || nonce === undefined) return undefined;
  const name = unescapeName(written ?? "");
  if (name === undefined || (actAs !== undefined && unescapeName(actAs) !== name)) return undefined;
  return { header, name, bare, nonce };
}

function unescapeName(text: string): string | undefined {
  if (/=(?!2C|3D)/.test(text)) return undefined;
  return text.replaceAll("=2C", ",").replaceAll("=3D", "=");
}
