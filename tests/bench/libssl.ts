/** TLS for the sockets of libc.ts, by OpenSSL 3. It checks no certificate: the server is on this machine. */

const { symbols: ssl } = Deno.dlopen("libssl.so.3", {
  TLS_client_method: { parameters: [], result: "pointer" },
  SSL_CTX_new: { parameters: ["pointer"], result: "pointer" },
  SSL_new: { parameters: ["pointer"], result: "pointer" },
  SSL_set_fd: { parameters: ["pointer", "i32"], result: "i32" },
  SSL_connect: { parameters: ["pointer"], result: "i32" },
  SSL_read: { parameters: ["pointer", "buffer", "i32"], result: "i32" },
  SSL_write: { parameters: ["pointer", "buffer", "i32"], result: "i32" },
  SSL_free: { parameters: ["pointer"], result: "void" },
});

const context = ssl.SSL_CTX_new(ssl.TLS_client_method());

/** One TLS session over a socket that is connected. */
export class TlsSession {
  readonly #session: Deno.PointerValue;

  constructor(socket: number) {
    this.#session = ssl.SSL_new(context);
    ssl.SSL_set_fd(this.#session, socket);
  }

  /** Goes on with the handshake; whether it is done. Call it at each change of the socket. */
  shakeHands(): boolean {
    return ssl.SSL_connect(this.#session) === 1;
  }

  /** The number of bytes; below 1 when there are none now. */
  read(into: Uint8Array<ArrayBuffer>): number {
    return ssl.SSL_read(this.#session, into, into.length);
  }

  write(bytes: Uint8Array<ArrayBuffer>): void {
    if (ssl.SSL_write(this.#session, bytes, bytes.length) !== bytes.length) {
      throw new Error("Cannot send over TLS: the server has closed the connection or does not read");
    }
  }

  close(): void {
    ssl.SSL_free(this.#session);
  }
}
