/**
 * TLS on a connection that was accepted without it. Deno's own TLS listener is not used: its sockets cannot send small
 * writes at once (40 ms late), they stay open after close() while the peer is silent, a proxy's header before the
 * handshake is an error there, and it gives no certificate of the client (Deno 2.9.6).
 */
import { X509Certificate } from "node:crypto";
import { createSecureContext, type SecureContext } from "node:tls";
import type { KeyPair } from "./certificate.ts";
import { closeQuietly } from "./close_quietly.ts";
import { workInTurn } from "./read_scheduler.ts";
import type { StreamSocket } from "./stream.ts";
import { type EngineMaker, findEngine } from "./tls_engine.ts";
import { EngineSocket, handshakeBytes } from "./tls_engine_socket.ts";
import { serverEndPoint } from "./tls_identity.ts";
import { acceptByStreams } from "./tls_stream_accept.ts";

/** A handshake takes about as long as the reading of so many bytes. */
const costBytes = 4096;

/** Gets the first bytes of a peer, and can return the sending of a refusal that is not TLS. */
export type OnFirst = (bytes: Uint8Array) => Promise<unknown> | undefined;

/** A certificate ready for handshakes; make it once. */
export interface TlsServerContext {
  readonly secureContext: SecureContext;
  /** Undefined where only the streams of node:tls work; the first connection finds that out, not the start. */
  readonly makeEngine: EngineMaker | undefined;
  /** The channel binding of its connections; see tls_identity.ts. */
  readonly serverEndPoint: Uint8Array | undefined;
}

/** The TLS context of a certificate. */
export function secureContext({ cert, key }: KeyPair): TlsServerContext {
  const secureContext = createSecureContext({ cert, key });
  let found: { readonly makeEngine: EngineMaker | undefined } | undefined;
  return {
    secureContext,
    get makeEngine() {
      found ??= { makeEngine: findEngine(secureContext) };
      return found.makeEngine;
    },
    serverEndPoint: serverEndPoint(new X509Certificate(cert)),
  };
}

/**
 * Resolves to the socket inside TLS after the handshake; undefined if that failed or `socket` was closed. It does not
 * limit the time: close `socket` for that. With an engine, handshakes that begin at the same time take turns, so that they
 * do not stop the reading of others, and nothing is made for a peer before its first bytes.
 */
export async function acceptTls(
  socket: StreamSocket,
  context: TlsServerContext,
  onFirst: OnFirst = () => undefined,
): Promise<StreamSocket | undefined> {
  const { makeEngine, serverEndPoint } = context;
  if (makeEngine === undefined) return await acceptByStreams(socket, context, onFirst);
  try {
    const space = new Uint8Array(handshakeBytes);
    const count = await socket.read(space) ?? 0;
    const bytes = space.subarray(0, count);
    const refusal = count === 0 ? Promise.resolve() : onFirst(bytes);
    if (refusal === undefined) {
      await workInTurn(costBytes);
      const secure = new EngineSocket(socket, makeEngine());
      if (!await secure.shakeHands(bytes)) return undefined;
      secure.identify(serverEndPoint);
      return secure;
    }
    await refusal;
  } catch {
    // The peer left.
  }
  closeQuietly(socket);
  return undefined;
}
