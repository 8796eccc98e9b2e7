/**
 * SCRAM-SHA-256 and SCRAM-SHA-256-PLUS (RFC 5802, RFC 7677): verifiers and the server's side. The server stores only a
 * verifier of a password: it serves SCRAM, PLAIN and OPER, and nobody can log in with it. The client's side is
 * scram_client.ts.
 */
import { type Bytes, decode64, encode64, equalBytes, hmac, pbkdf2, sha256, utf8, xor } from "./digest.ts";

/** The stored form of a password (RFC 5802 §3). */
export interface Verifier {
  /** Rounds of PBKDF2. */
  readonly iterations: number;
  readonly salt: Bytes;
  readonly storedKey: Bytes;
  readonly serverKey: Bytes;
}

/** The result of PBKDF2; both keys are made from it, and it is as secret as the password. */
export function saltedPassword(password: string, salt: Bytes, iterations: number): Promise<Bytes> {
  return pbkdf2(utf8(preparePassword(password)), salt, iterations);
}

/** A verifier for a password, with a new salt by default. Takes 16 ms of one core per 100,000 iterations. */
export async function makeVerifier(password: string, iterations: number, salt?: Bytes): Promise<Verifier> {
  const grains = salt ?? crypto.getRandomValues(new Uint8Array(16));
  const salted = await saltedPassword(password, grains, iterations);
  const storedKey = await sha256(await hmac(salted, utf8("Client Key")));
  return { iterations, salt: grains, storedKey, serverKey: await hmac(salted, utf8("Server Key")) };
}

/** Whether the password is correct; compares in constant time. */
export async function isPassword(verifier: Verifier, password: string): Promise<boolean> {
  const made = await makeVerifier(password, verifier.iterations, verifier.salt);
  return equalBytes(made.storedKey, verifier.storedKey);
}

/**
 * A verifier that matches no password, for a name that does not exist. The same name and secret always give the same
 * salt and share, so two requests do not show that the verifier is made up. `iterationsAt` gives the rounds for a
 * share from 0 to 1, so that made-up verifiers have the rounds of the real ones in the same proportion.
 */
export async function decoyVerifier(
  name: string,
  secret: Bytes,
  iterationsAt: (share: number) => number,
): Promise<Verifier> {
  const made = await hmac(secret, utf8(name));
  const share = new DataView(made.buffer).getUint32(16) / 2 ** 32;
  const storedKey = crypto.getRandomValues(new Uint8Array(32));
  const serverKey = await hmac(secret, storedKey);
  return { iterations: iterationsAt(share), salt: made.slice(0, 16), storedKey, serverKey };
}

/** One line of text, in the form that PostgreSQL uses too: "SCRAM-SHA-256$4096:salt$storedKey:serverKey". */
export function formatVerifier({ iterations, salt, storedKey, serverKey }: Verifier): string {
  return `SCRAM-SHA-256$${iterations}:${encode64(salt)}$${encode64(storedKey)}:${encode64(serverKey)}`;
}

/** Parses the text of formatVerifier(); undefined if it is malformed. */
export function parseVerifier(text: string): Verifier | undefined {
  const [, rounds, ...parts] = /^SCRAM-SHA-256\$([1-9]\d{3,8}):([^$:]+)\$([^$:]+):([^$:]+)$/.exec(text) ?? [];
  const [salt, storedKey, serverKey] = parts.map(decode64);
  if (salt === undefined || storedKey?.length !== 32 || serverKey?.length !== 32) return undefined;
  return { iterations: Number(rounds), salt, storedKey, serverKey };
}

/**
 * The form in which passwords are compared (the relevant parts of RFC 4013): passwords that look equal are equal.
 * A password that RFC 4013 forbids is returned unchanged, so that it does not lock its user out.
 */
export function preparePassword(password: string): string {
  const mapped = password.replace(/\p{Zs}/gu, " ").replace(
    /[\u00AD\u034F\u1806\u180B-\u180D\u200B-\u200D\u2060\uFE00-\uFE0F\uFEFF]/gu,
    "",
  );
  const prepared = mapped.normalize("NFKC");
  return prepared === "" ? password : prepared;
}

/**
 * A channel binding (RFC 5929): the only type that we use, and its data. It binds a login to its TLS connection, so
 * that nobody in the middle can pass the login on.
 */
export interface ChannelBinding {
  readonly type: "tls-server-end-point";
  readonly data: Uint8Array;
}

/** The channel binding of a server on one connection. */
export interface ServerBinding {
  /** Undefined where "-PLUS" is not offered. */
  readonly offered?: ChannelBinding | undefined;
  /** Whether the client chose "-PLUS". */
  readonly isChosen: boolean;
}

/** The parsed first message of the client. */
interface ClientFirst {
  /** "n", "y" or "p=…": without channel binding, possible only on the client's side, or of this type. */
  readonly binding: string;
  /** "n,," with its authorisation identity; the last message repeats it. */
  readonly header: string;
  readonly name: string;
  readonly bare: string;
  readonly nonce: string;
}

/** One login by SCRAM on the server's side: call `first`, then `final`, once each. The texts are decoded. */
export class ScramServer {
  readonly #nonce: string;
  readonly #binding: ServerBinding;
  #client: ClientFirst | undefined;
  #verifier: Verifier | undefined;
  #first = "";

  /** `nonce` is for tests with known vectors. */
  constructor(
    nonce: string = encode64(crypto.getRandomValues(new Uint8Array(18))),
    binding: ServerBinding = { isChosen: false },
  ) {
    this.#nonce = nonce;
    this.#binding = binding;
  }

  /** The name to log in; "" before `first`. */
  get name(): string {
    return this.#client?.name ?? "";
  }

  /** The verifier for the password; undefined before `first`. */
  get verifier(): Verifier | undefined {
    return this.#verifier;
  }

  /**
   * Answers the first message of the client; `find` gives the verifier of a name. Undefined if the message is
   * malformed.
   */
  async first(message: string, find: (name: string) => Promise<Verifier>): Promise<string | undefined> {
    const client = parseFirst(message);
    if (client === undefined || !this.#isAllowed(client.binding)) return undefined;
    this.#client = client;
    const verifier = this.#verifier = await find(client.name);
    this.#first = `r=${client.nonce}${this.#nonce},s=${encode64(verifier.salt)},i=${verifier.iterations}`;
    return this.#first;
  }

  /** Answers the client's proof with the server's; undefined if the proof is wrong. */
  async final(message: string): Promise<string | undefined> {
    const [client, verifier] = [this.#client, this.#verifier];
    const [, rest, header, nonce, proof] = /^(c=([^,]+),r=([^,]+)),p=([^,]+)$/.exec(message) ?? [];
    if (client === undefined || verifier === undefined || rest === undefined) return undefined;
    const proofBytes = decode64(proof ?? "");
    if (header !== this.#boundHeader(client) || nonce !== client.nonce + this.#nonce) return undefined;
    if (proofBytes?.length !== 32) return undefined;
    const signed = utf8(`${client.bare},${this.#first},${rest}`);
    const clientKey = xor(proofBytes, await hmac(verifier.storedKey, signed));
    if (!equalBytes(await sha256(clientKey), verifier.storedKey)) return undefined;
    return `v=${encode64(await hmac(verifier.serverKey, signed))}`;
  }

  /** "y" means that somebody hid our offer of "-PLUS" from a client that would use it (RFC 5802 §6). */
  #isAllowed(binding: string): boolean {
    const { offered, isChosen } = this.#binding;
    if (isChosen) return offered !== undefined && binding === `p=${offered.type}`;
    return binding === "n" || (binding === "y" && offered === undefined);
  }

  #boundHeader({ header }: ClientFirst): string {
    const { offered, isChosen } = this.#binding;
    return boundHeader(header, isChosen ? offered : undefined);
  }
}

/** The header of the first message with the data of the channel binding, as the last message repeats it. */
export function boundHeader(header: string, binding: ChannelBinding | undefined): string {
  return encode64(Uint8Array.of(...utf8(header), ...(binding?.data ?? [])));
}

/**
 * Parses "n,a=authzid,n=name,r=nonce", or with "y" or "p=type" first. The authorisation identity must be the name
 * itself; extensions ("m=") are refused.
 */
function parseFirst(message: string): ClientFirst | undefined {
  const [, header, binding = "", actAs, bare, written, nonce] =
    /^((n|y|p=[A-Za-z0-9.-]+),(?:a=([^,]+))?,)(n=([^,]+),r=([\x21-\x2b\x2d-\x7e]+)(?:,.*)?)$/u.exec(
      message,
    ) ?? [];
  if (header === undefined || bare === undefined || nonce === undefined) return undefined;
  const name = unescapeName(written ?? "");
  if (name === undefined || (actAs !== undefined && unescapeName(actAs) !== name)) return undefined;
  return { binding, header, name, bare, nonce };
}

function unescapeName(text: string): string | undefined {
  if (/=(?!2C|3D)/.test(text)) return undefined;
  return text.replaceAll("=2C", ",").replaceAll("=3D", "=");
}
