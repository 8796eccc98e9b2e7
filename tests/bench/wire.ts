/** A connection of the load over the system's own calls: plain, by TLS or by WebSocket. It never waits; the poller does. */
import { FrameReader, framesOf, upgradeRequest } from "./frames.ts";
import { closeSocket, openSocket, readSocket, writeSocket } from "./libc.ts";
import type { Kind } from "./servers.ts";

const frameBytes = 32 * 1024;

export interface Wire {
  readonly socket: number;
  /** Whether more can be there after a read that did not fill the buffer. */
  readonly holdsBytes: boolean;
  /** Goes on with the handshake; whether lines can be sent now. Call it at each change of the socket until it is true. */
  open(): boolean;
  /** The number of bytes, 0 at the end of the connection, or below 0 when nothing is there now. */
  read(into: Uint8Array<ArrayBuffer>): number;
  /** Sends lines, each with CR LF. */
  write(lines: Uint8Array<ArrayBuffer>): void;
  close(): void;
}

/** Begins a connection to a port of this machine. TLS needs the library, so it is loaded only for it. */
export async function wireMaker(kind: Kind): Promise<(port: number) => Wire> {
  if (kind === "plain") return (port) => new PlainWire(port);
  if (kind === "websocket") return (port) => new FrameWire(port);
  const { TlsSession } = await import("./libssl.ts");
  return (port) => new TlsWire(port, (socket) => new TlsSession(socket));
}

class PlainWire implements Wire {
  readonly socket: number;
  readonly holdsBytes: boolean = false;

  constructor(port: number) {
    this.socket = openSocket(port);
  }

  open(): boolean {
    return true;
  }

  read(into: Uint8Array<ArrayBuffer>): number {
    return readSocket(this.socket, into);
  }

  write(lines: Uint8Array<ArrayBuffer>): void {
    writeSocket(this.socket, lines);
  }

  close(): void {
    closeSocket(this.socket);
  }
}

interface Session extends Pick<Wire, "read" | "write" | "close"> {
  shakeHands(): boolean;
}

class TlsWire extends PlainWire {
  override readonly holdsBytes = true;
  readonly #session: Session;

  constructor(port: number, begin: (socket: number) => Session) {
    super(port);
    this.#session = begin(this.socket);
  }

  override open(): boolean {
    return this.#session.shakeHands();
  }

  override read(into: Uint8Array<ArrayBuffer>): number {
    // The end of a session is an event of the socket.
    return this.#session.read(into) || -1;
  }

  override write(lines: Uint8Array<ArrayBuffer>): void {
    this.#session.write(lines);
  }

  override close(): void {
    this.#session.close();
    super.close();
  }
}

class FrameWire extends PlainWire {
  override readonly holdsBytes = true;
  readonly #frames = new FrameReader(frameBytes);
  #hasAsked = false;

  override open(): boolean {
    if (!this.#hasAsked) super.write(upgradeRequest);
    this.#hasAsked = true;
    return this.#receive() > 0 && this.#frames.isUpgraded();
  }

  override read(into: Uint8Array<ArrayBuffer>): number {
    const waiting = this.#frames.unpack(into);
    if (waiting > 0) return waiting;
    const count = this.#receive();
    return count > 0 ? this.#frames.unpack(into) || -1 : count;
  }

  override write(lines: Uint8Array<ArrayBuffer>): void {
    super.write(framesOf(lines));
  }

  #receive(): number {
    const count = super.read(this.#frames.readBuffer);
    if (count > 0) this.#frames.received(count);
    return count;
  }
}
