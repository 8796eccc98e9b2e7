/**
 * TLS on a connection that was accepted without it. A proxy sends its header before the handshake, and Deno's TLS
 * listener would treat that as a broken handshake. It is slower than that listener, so only ports with trusted proxies
 * use it.
 */
import { Buffer } from "node:buffer";
import { Duplex } from "node:stream";
import { createSecureContext, type SecureContext, TLSSocket } from "node:tls";
import type { KeyPair } from "./certificate.ts";
import type { StreamSocket } from "./stream.ts";
import { TlsSocket } from "./tls_socket.ts";

const chunkBytes = 16_384;

/** The TLS context of a certificate; make it once. */
export function secureContext({ cert, key }: KeyPair): SecureContext {
  return createSecureContext({ cert, key });
}

/** The socket inside TLS. The first read makes the handshake. */
export function acceptTls(socket: StreamSocket, context: SecureContext): StreamSocket {
  const inner = streamOf(socket);
  // The types allow only sockets of node:net; any stream works.
  const outer = new TLSSocket(inner as unknown as ConstructorParameters<typeof TLSSocket>[0], {
    isServer: true,
    secureContext: context,
  });
  return new TlsSocket(outer, socket.remoteAddr);
}

function streamOf(socket: StreamSocket): Duplex {
  const buffer = new Uint8Array(chunkBytes);
  const stream: Duplex = new Duplex({
    read() {
      socket.read(buffer).then(
        (count) => stream.push(count === null ? null : Buffer.from(buffer.slice(0, count))),
        (error) => stream.destroy(error),
      );
    },
    write(chunk: Uint8Array, _encoding, done) {
      writeAll(socket, chunk).then(() => done(), done);
    },
    final(done) {
      socket.closeWrite().then(() => done(), done);
    },
    destroy(error, done) {
      socket.close();
      done(error);
    },
  });
  // The stream around it reports the error.
  stream.on("error", () => {});
  return stream;
}

async function writeAll(socket: StreamSocket, bytes: Uint8Array): Promise<void> {
  for (let sent = 0; sent < bytes.length;) sent += await socket.write(bytes.subarray(sent));
}
