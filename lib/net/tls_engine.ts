/**
 * TLS without a socket and without streams: bytes of the network in, decrypted bytes out, and the reverse. Under
 * each TLSSocket of node:tls Deno has such an object. The streams around it cost more than TLS itself: a write takes
 * 1.7 µs here, and about 7 µs with them (Deno 2.9.6). No documentation names these functions, so findEngine() looks
 * whether Deno has all of them; without them tls_stream_accept.ts serves.
 */
import { Duplex } from "node:stream";
import { type SecureContext, TLSSocket } from "node:tls";
import { joinBytes } from "../irc/join_bytes.ts";

/** The end of one connection. */
interface Handle {
  onread: (this: Handle, bytes?: ArrayBuffer) => void;
  onerror: (this: Handle, error: Error) => void;
  onhandshakestart: () => void;
  onhandshakedone: () => void;
  owner?: TlsEngine;
  initServerTls(context: object): number;
  attachJsStream(): number;
  setHandle(handle: Handle): void;
  setVerifyMode(asksForCertificate: boolean, rejectsUnknown: boolean): void;
  readStart(): number;
  start(): number;
  readBuffer(bytes: Uint8Array): void;
  drainEncOut(): Uint8Array<ArrayBuffer> | undefined;
  writeBuffer(request: object, bytes: Uint8Array): number;
  shutdown(request: object): number;
  destroySsl(): void;
  isEstablished(): boolean;
  getPeerCertificate(isDetailed: boolean): { readonly fingerprint256?: string } | null | undefined;
}

type HandleClass = new (kind: number, provider: number) => Handle;

/** Makes the engine of a connection. */
export type EngineMaker = () => TlsEngine;

const neededFunctions = [
  "initServerTls",
  "attachJsStream",
  "setHandle",
  "setVerifyMode",
  "readStart",
  "start",
  "readBuffer",
  "drainEncOut",
  "writeBuffer",
  "shutdown",
  "destroySsl",
  "isEstablished",
  "getPeerCertificate",
] as const;

const serverKind = 1;
/** A client without a certificate, or with one that nobody signed, is welcome: a certificate logs in (SASL EXTERNAL). */
export const clientCertificateOptions = { requestCert: true, rejectUnauthorized: false };
/** The engine takes so many bytes at once. */
export const mostTlsBytes = 32_768;
/** Nobody needs to know when the engine has taken a write: it takes each at once. */
const request = {};
const nothing = new Uint8Array(0);

/** The server's end of a TLS connection. After close() call nothing. */
export class TlsEngine {
  /** The failure of TLS; what drain() then gives is the alert for the peer. */
  error: Error | undefined;
  /** The peer has said that it sends nothing more. */
  isOver = false;
  readonly #handle: Handle;
  #decrypted: Uint8Array | undefined;

  constructor(Handle: HandleClass, { context }: SecureContext) {
    const handle = new Handle(serverKind, 0);
    this.#handle = handle;
    handle.owner = this;
    handle.onread = onRead;
    handle.onerror = onError;
    handle.onhandshakestart = handle.onhandshakedone = doNothing;
    if (
      handle.initServerTls({ ...context, ...clientCertificateOptions }) !== 0 || handle.attachJsStream() !== 0
    ) {
      throw new Error("Cannot start TLS: Deno refuses the certificate");
    }
    handle.setHandle(handle);
    handle.setVerifyMode(clientCertificateOptions.requestCert, clientCertificateOptions.rejectUnauthorized);
    handle.readStart();
    handle.start();
  }

  /** The handshake is over. */
  get isEstablished(): boolean {
    return this.#handle.isEstablished();
  }

  /** SHA-256 of the client's certificate: "AB:CD:…"; undefined without one. */
  get clientFingerprint(): string | undefined {
    return this.#handle.getPeerCertificate(false)?.fingerprint256;
  }

  /** Takes bytes of the network; then drain() can have an answer, and take() decrypted bytes. */
  receive(bytes: Uint8Array): void {
    this.#handle.readBuffer(bytes);
  }

  /** The decrypted bytes since the last call; undefined if there are none. */
  take(): Uint8Array | undefined {
    const bytes = this.#decrypted;
    this.#decrypted = undefined;
    return bytes;
  }

  /** Encrypts at most `mostTlsBytes` bytes and returns what to send: these, and all that drain() would give. */
  encrypt(bytes: Uint8Array): Uint8Array {
    this.#handle.writeBuffer(request, bytes);
    return this.drain();
  }

  /** Returns what TLS itself has to send: its part of the handshake, tickets and alerts. */
  drain(): Uint8Array {
    return this.#handle.drainEncOut() ?? nothing;
  }

  /** Says that nothing more is sent; drain() has the message. */
  end(): void {
    this.#handle.shutdown(request);
  }

  /** Releases the memory, which would otherwise wait for a collection of garbage. */
  close(): void {
    this.#handle.destroySsl();
    this.#decrypted = undefined;
  }

  /** For the handle only. */
  onRead(bytes: ArrayBuffer | undefined): void {
    if (bytes === undefined) {
      this.isOver = true;
      return;
    }
    const before = this.#decrypted;
    this.#decrypted = new Uint8Array(bytes);
    if (before !== undefined) this.#decrypted = joinBytes([before, this.#decrypted]);
  }
}

/** Functions of the module in place of closures keep connections small. */
function onRead(this: Handle, bytes?: ArrayBuffer): void {
  this.owner?.onRead(bytes);
}

function onError(this: Handle, error: Error): void {
  if (this.owner !== undefined) this.owner.error ??= error;
}

function doNothing(): void {}

/** Undefined if this Deno does not have the functions, or if they do not work with this certificate. */
export function findEngine(context: SecureContext): EngineMaker | undefined {
  const Handle = handleClass(context);
  if (Handle === undefined) return undefined;
  try {
    new TlsEngine(Handle, context).close();
  } catch {
    return undefined;
  }
  return () => new TlsEngine(Handle, context);
}

function handleClass(secureContext: SecureContext): HandleClass | undefined {
  const socket = new TLSSocket(new Duplex({ read() {} }), { isServer: true, secureContext });
  socket.on("error", doNothing);
  const { _handle: handle } = socket as unknown as { _handle?: Partial<Handle> | null };
  socket.destroy();
  if (handle === undefined || handle === null) return undefined;
  const { constructor } = handle;
  const found = constructor.prototype as Record<string, unknown>;
  return neededFunctions.every((name) => typeof found[name] === "function")
    ? constructor as HandleClass
    : undefined;
}
