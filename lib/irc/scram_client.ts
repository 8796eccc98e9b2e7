/**
 * SCRAM-SHA-256 and SCRAM-SHA-256-PLUS on the client's side (RFC 5802): the password stays in the client, and the
 * server proves that it has the verifier of the password.
 */
import { decode64, encode64, equalBytes, hmac, sha256, utf8, xor } from "./digest.ts";
import { boundHeader, type ChannelBinding, saltedPassword } from "./scram.ts";

/** RFC 7677: with fewer, somebody who records one login can try passwords quickly. */
const minIterations = 4096;
/** The highest iteration count a server can demand: some seconds on a slow phone. */
const maxIterations = 2_000_000;

/** The channel binding of a client. */
export interface ClientBinding {
  /** The login is by "-PLUS". @default {it is not} */
  readonly chosen?: ChannelBinding | undefined;
  /**
   * The server does not offer "-PLUS" to us, although we could. It refuses the login if that is not true.
   * @default {false}
   */
  readonly isPossible?: boolean;
}

/**
 * One login: call `first`, `final` with the server's answer, then `proves` with its next answer. The texts are
 * decoded.
 */
export class ScramClient {
  readonly #password: string;
  readonly #nonce: string;
  readonly #bare: string;
  readonly #binding: ClientBinding;
  #signature = "";
  #fault = "";

  /** `nonce` is for tests with known vectors. */
  constructor(
    name: string,
    password: string,
    nonce: string = randomNonce(),
    binding: ClientBinding = {},
  ) {
    this.#binding = binding;
    this.#password = password;
    this.#nonce = nonce;
    this.#bare = `n=${name.replaceAll("=", "=3D").replaceAll(",", "=2C")},r=${nonce}`;
  }

  /** A sentence, when the reason is not that the server lacks our verifier; else "". */
  get fault(): string {
    return this.#fault;
  }

  first(): string {
    return this.#header + this.#bare;
  }

  get #header(): string {
    const { chosen, isPossible = false } = this.#binding;
    if (chosen !== undefined) return `p=${chosen.type},,`;
    return isPossible ? "y,," : "n,,";
  }

  /** The proof for the server; undefined if its message is malformed or demands too few or too many iterations. */
  async final(serverFirst: string): Promise<string | undefined> {
    const [, nonce = "", salt = "", rounds] =
      /^r=([^,]+),s=([^,]+),i=([1-9]\d{0,8})(?:,.*)?$/.exec(serverFirst) ??
        [];
    const [grains, iterations] = [decode64(salt), Number(rounds)];
    if (grains === undefined) return undefined;
    if (!(iterations >= minIterations && iterations <= maxIterations)) {
      this.#fault =
        `The server asks for ${iterations} rounds of SCRAM-SHA-256, and ${minIterations} to ${maxIterations} are safe; it can be a fake`;
      return undefined;
    }
    if (!nonce.startsWith(this.#nonce) || nonce.length === this.#nonce.length) return undefined;
    const salted = await saltedPassword(this.#password, grains, iterations);
    const rest = `c=${boundHeader(this.#header, this.#binding.chosen)},r=${nonce}`;
    const signed = utf8(`${this.#bare},${serverFirst},${rest}`);
    const clientKey = await hmac(salted, utf8("Client Key"));
    const proof = xor(clientKey, await hmac(await sha256(clientKey), signed));
    this.#signature = encode64(await hmac(await hmac(salted, utf8("Server Key")), signed));
    return `${rest},p=${encode64(proof)}`;
  }

  /** Whether the server's last message proves that it has our verifier. Before that, do not trust the server. */
  proves(serverFinal: string): boolean {
    const [, signature = ""] = /^v=([^,]+)/.exec(serverFinal) ?? [];
    return this.#signature !== "" && equalBytes(utf8(signature), utf8(this.#signature));
  }
}

function randomNonce(): string {
  return encode64(crypto.getRandomValues(new Uint8Array(18)));
}
