/** Listens for lines over TCP or TLS: each socket within the limits becomes a connection, and the others are refused. */
import { deadlines } from "../deadlines.ts";
import { plainAddress } from "../irc/address.ts";
import { Acceptor } from "./accept.ts";
import { AcceptedSockets } from "./accepted_sockets.ts";
import type { KeyPair } from "./certificate.ts";
import type { ServerConnection } from "./connection.ts";
import { encodeLine } from "./encode.ts";
import { fullSentence, SocketLimits } from "./socket_limits.ts";
import {
  type ConnectionOwner,
  isLocalPeer,
  streamConnection,
  type StreamOptions,
  type StreamSocket,
} from "./stream.ts";
import { closeQuietly } from "./close_quietly.ts";

export { ListenError } from "./accept.ts";

/** Where to listen, and how to handle connections. */
export interface ListenOptions {
  readonly hostname: string;
  /** 0 uses any free port. */
  readonly port: number;
  /** All listeners of a server share them. A connection over them gets an error line. @default {10_000 connections} */
  readonly limits?: SocketLimits;
  /** If set, the listener speaks TLS. */
  readonly tls?: KeyPair;
  /** Whether an address is a trusted proxy, whose PROXY headers are believed. @default {none} */
  readonly isTrustedProxy?: ((address: string) => boolean) | undefined;
  /** The sentence for peers that do not come through a trusted proxy. @default {they are accepted} */
  readonly onlyProxied?: string | undefined;
  /** How long a proxy can take for its header, which it sends as soon as it is connected. @default {deadlines.proxyHeaderMs} */
  readonly headerTimeoutMs?: number;
  /** How long a peer can take for the TLS handshake. @default {deadlines.tlsHandshakeMs} */
  readonly handshakeTimeoutMs?: number;
  /** Counts a TLS handshake of a peer; returns the milliseconds until it begins. @default {at once} */
  readonly handshakeWaitMs?: ((peer: { address: string; isLocal: boolean }) => number) | undefined;
  /** Options of each connection. */
  readonly stream: StreamOptions;
  /**
   * Called for each connection within the limit; if it throws, `onError` gets the error and the connection is
   * aborted.
   */
  readonly onConnection: (connection: ServerConnection) => void;
  /** Called when accepting fails, for the log: once for each series of failures. */
  readonly onError?: (error: unknown) => void;
}

/** A bound port. */
export interface Listener {
  readonly hostname: string;
  readonly port: number;
  /** Sockets within the limits that are not closed yet, in any phase. */
  readonly connections: number;
  /** Uses another certificate for new connections; existing ones stay. Check the pair before: this does not. */
  useCertificate(tls: KeyPair): void;
  /** Stops accepting; existing connections stay. Resolves when the port can be bound again. */
  close(): Promise<void>;
}

/** Binds now; throws ListenError if that fails. */
export function listen(options: ListenOptions): Listener {
  return new StreamListener(options);
}

/** The part of a socket that its place depends on. */
type Peer = Pick<StreamSocket, "remoteAddr" | "proxiedFrom">;

/** A socket until it is closed. */
class Place implements ConnectionOwner {
  /** The sentence that the peer gets, if it is refused. */
  readonly refusal: string | undefined;
  /** The peer that counts; undefined while a proxy has not named it. */
  readonly peer: Peer | undefined;
  readonly isLast: boolean;
  readonly #leave: (place: Place) => void;

  constructor(
    peer: Peer | undefined,
    refusal: string | undefined,
    isLast: boolean,
    leave: (place: Place) => void,
  ) {
    this.peer = peer;
    this.refusal = refusal;
    this.isLast = isLast;
    this.#leave = leave;
  }

  closed(): void {
    this.#leave(this);
  }
}

class StreamListener implements Listener {
  readonly hostname: string;
  readonly port: number;
  connections = 0;
  readonly #options: ListenOptions;
  readonly #limits: SocketLimits;
  readonly #acceptor: Acceptor;
  readonly #acceptedSockets: AcceptedSockets;

  constructor(options: ListenOptions) {
    const { headerTimeoutMs = deadlines.proxyHeaderMs, handshakeTimeoutMs = deadlines.tlsHandshakeMs } =
      options;
    const { hostname, port, isTrustedProxy, tls, limits = new SocketLimits(), onError } = options;
    this.#options = options;
    this.#limits = limits;
    this.#acceptedSockets = new AcceptedSockets({
      isTrustedProxy,
      headerTimeoutMs,
      handshakeTimeoutMs,
      tls,
      onWrongHeader: options.stream.onWrongProtocol &&
        ((address) => options.stream.onWrongProtocol?.("PROXY", address) ?? ""),
      onError,
    });
    this.#acceptor = new Acceptor({
      hostname,
      port,
      reserve: limits.reserve,
      onSocket: (socket, isLast) => this.#admit(socket, isLast),
      onError,
    });
    this.hostname = this.#acceptor.hostname;
    this.port = this.#acceptor.port;
  }

  useCertificate(tls: KeyPair): void {
    this.#acceptedSockets.useCertificate(tls);
  }

  close(): Promise<void> {
    this.#acceptedSockets.close();
    return this.#acceptor.close();
  }

  #admit(socket: StreamSocket, isLast: boolean): Promise<void> | undefined {
    const isProxy = this.#acceptedSockets.isProxy(socket);
    const place = this.#enter(isProxy ? undefined : socket, isLast);
    if (place === undefined) return this.#refuseAtOnce(socket);
    if (!isProxy) {
      this.#encrypt(socket, place);
      return undefined;
    }
    void this.#acceptedSockets.readHeader(socket).then((visitor) => {
      // The visitor counts in place of the proxy.
      this.#leave(place);
      if (visitor === undefined) return;
      const named = this.#enter(visitor, isLast);
      if (named === undefined) closeQuietly(visitor);
      else this.#encrypt(visitor, named);
    });
    return undefined;
  }

  /** The peer gets the sentence only if it has not sent anything yet. */
  #refuseAtOnce(socket: StreamSocket): Promise<void> {
    const sent = this.#options.tls === undefined
      ? socket.write(encodeLine(`ERROR :${fullSentence}`, "line"))
      : Promise.resolve(0);
    return sent.then(() => {}, () => {}).finally(() => closeQuietly(socket));
  }

  /** Undefined if the socket must be closed at once. */
  #enter(peer: Peer | undefined, isLast: boolean): Place | undefined {
    const refusal = isLast ? fullSentence : this.#missingHeader(peer) ?? this.#limits.enter(...counted(peer));
    if (isLast) this.#limits.onRefused(peer === undefined ? undefined : counted(peer)[0], "descriptors");
    if (refusal === undefined) this.connections++;
    else if (!this.#limits.enterRefused()) return undefined;
    return new Place(peer, refusal, isLast, this.#leave);
  }

  #missingHeader(peer: Peer | undefined): string | undefined {
    return peer === undefined || peer.proxiedFrom !== undefined ? undefined : this.#options.onlyProxied;
  }

  readonly #leave = ({ refusal, peer }: Place): void => {
    if (refusal !== undefined) return this.#limits.leaveRefused();
    this.#limits.leave(...counted(peer));
    this.connections--;
  };

  #encrypt(socket: StreamSocket, place: Place): void {
    const { closeTimeoutMs = deadlines.closeMs } = this.#options.stream;
    // A refused peer has a place that others need for their refusal.
    const encrypted = this.#acceptedSockets.encrypt(socket, {
      timeoutMs: place.refusal === undefined ? undefined : closeTimeoutMs,
      waitMs: () => place.refusal === undefined ? this.#handshakeWaitMs(place) : 0,
    });
    if (encrypted === undefined) return this.#connect(socket, place);
    void encrypted.then((secure) => secure === undefined ? this.#leave(place) : this.#connect(secure, place));
  }

  #handshakeWaitMs({ peer }: Place): number {
    const [address, isLocal] = counted(peer);
    return address === undefined ? 0 : this.#options.handshakeWaitMs?.({ address, isLocal }) ?? 0;
  }

  #connect(socket: StreamSocket, place: Place): void {
    const { stream, onConnection, onError } = this.#options;
    const options = place.isLast ? { ...stream, closeTimeoutMs: deadlines.refusalMs } : stream;
    const connection = streamConnection(socket, options, place);
    if (place.refusal !== undefined) {
      connection.send(`ERROR :${place.refusal}`);
      return connection.close();
    }
    try {
      onConnection(connection);
    } catch (error) {
      onError?.(error);
      connection.abort();
    }
  }
}

/** The address of a peer, and whether the peer is a program on this machine. */
function counted(peer: Peer | undefined): [address: string | undefined, isLocal: boolean] {
  if (peer === undefined) return [undefined, false];
  const address = plainAddress(peer.remoteAddr.hostname);
  return [address, isLocalPeer(address, peer)];
}
