/**
 * TLS on a connection that was accepted without it: a proxy's header comes before the handshake, and Deno's own
 * listener would take it for a broken one. Slower than that listener, so only for ports that a proxy may lead to.
 */
import { Buffer } from "node:buffer";
import { Duplex } from "node:stream";
import { createSecureContext, type SecureContext, TLSSocket } from "node:tls";
import type { KeyPair } from "./certificate.ts";
import type { StreamSocket } from "./stream.ts";
import { TlsSocket } from "./tls_socket.ts";

const chunkBytes = 16_384;

/** What a handshake shows; made once for a certificate. */
export function secureContext({ cert, key }: KeyPair): SecureContext {
  return createSecureContext({ cert, key });
}

/** The socket as seen through TLS. The handshake is made as it is read. */
export function acceptTls(socket: StreamSocket, context: SecureContext): StreamSocket {
  const inner = streamOf(socket);
  // The types know sockets of node:net alone; any stream is taken.
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
  // Told by the stream around it.
  stream.on("error", () => {});
  return stream;
}

async function writeAll(socket: StreamSocket, bytes: Uint8Array): Promise<void> {
  for (let sent = 0; sent < bytes.length;) sent += await socket.write(bytes.subarray(sent));
}
