/**
 * Counts the open sockets of all listeners together: connections of the chat against their limit and the limit of each
 * peer (irc/address.ts), and all sockets against the file descriptors of the process. A socket counts from the moment
 * it is accepted until it is closed, so peers that never finish a handshake or a close count too.
 */
import { isLoopback } from "../irc/address.ts";
import { AddressLimits } from "./address_limits.ts";
import type { DescriptorReserve } from "./descriptors.ts";

/** The limits. */
export interface SocketLimitOptions {
  /** Connections of the chat, over TCP, TLS and WebSocket. @default {10_000} */
  readonly maxConnections?: number;
  /** Connections of one peer; this machine has no limit. 0 means no limit. @default {0} */
  readonly maxPerPeer?: number;
  /** Sockets and files of all kinds. @default {no limit} */
  readonly maxDescriptors?: number;
  /** @default {none} */
  readonly reserve?: DescriptorReserve;
  /** Called with `true` when the first newcomer is refused, and with `false` when there is enough space again. */
  readonly onFull?: (isFull: boolean) => void;
  /** Called for each newcomer that is refused; the address of a visitor behind a proxy is not known at first. */
  readonly onRefused?: (
    address: string | undefined,
    limit: "connections" | "descriptors" | "per address",
  ) => void;
}

/** The refusal of a newcomer for whom there is no file descriptor. */
export const fullSentence = "The server is full; try again later";
/** Connections that can get their refusal in words at the same time; further ones are closed at once. */
const maxRefused = 100;
/** The part of the descriptors that connections of the chat cannot take, because requests to the page need it. */
export const requestPart = 1 / 16;

/** The counts of one server. */
export class SocketLimits {
  /** The most connections of the chat; less than the setting if the descriptors do not suffice for it. */
  readonly maxConnections: number;
  readonly reserve: DescriptorReserve | undefined;
  readonly #maxPerPeer: number;
  readonly #maxDescriptors: number;
  readonly #onFull: (isFull: boolean) => void;
  /** Tells that a newcomer is refused; enter() does it too. */
  readonly onRefused: NonNullable<SocketLimitOptions["onRefused"]>;
  readonly #byPeer: AddressLimits;
  #connections = 0;
  #descriptors = 0;
  #refused = 0;
  #isFull = false;

  constructor(options: SocketLimitOptions = {}) {
    const { maxConnections = 10_000, maxPerPeer = 0, maxDescriptors = Infinity, reserve, onFull } = options;
    this.maxConnections = Math.min(
      maxConnections,
      Math.max(1, Math.floor(maxDescriptors * (1 - requestPart))),
    );
    this.reserve = reserve;
    this.#maxPerPeer = maxPerPeer;
    this.#byPeer = new AddressLimits(maxPerPeer);
    this.#maxDescriptors = maxDescriptors;
    this.#onFull = onFull ?? (() => {});
    this.onRefused = options.onRefused ?? (() => {});
  }

  /** Connections of the chat now. */
  get connections(): number {
    return this.#connections;
  }

  /**
   * Counts a socket that is no connection of the chat, or an open file. At the limit it counts nothing and returns false.
   * Call releaseDescriptor() once.
   */
  takeDescriptor(): boolean {
    if (this.#descriptors >= this.#maxDescriptors) {
      this.#fill();
      return false;
    }
    this.#descriptors++;
    return true;
  }

  releaseDescriptor(): void {
    this.#descriptors--;
    this.#empty();
  }

  /**
   * Counts a connection of the chat, or counts nothing and returns the refusal as a sentence. The address of a visitor
   * behind a proxy is not known at first. Call leave() once, with the same values.
   */
  enter(
    address: string | undefined,
    isLocal: boolean = address !== undefined && isLoopback(address),
  ): string | undefined {
    const { maxConnections } = this;
    if (this.#connections >= maxConnections) {
      this.#fill();
      this.onRefused(address, "connections");
      return `The server is full: ${maxConnections} of ${maxConnections} connections`;
    }
    if (this.#descriptors >= this.#maxDescriptors) {
      this.#fill();
      this.onRefused(address, "descriptors");
      return fullSentence;
    }
    if (address !== undefined && !this.#byPeer.take(address, isLocal)) {
      const most = this.#maxPerPeer;
      this.onRefused(address, "per address");
      return `Closing link: Too many connections from your address: ${most} of ${most}`;
    }
    this.#connections++;
    this.#descriptors++;
    return undefined;
  }

  leave(
    address: string | undefined,
    isLocal: boolean = address !== undefined && isLoopback(address),
  ): void {
    this.#connections--;
    this.#descriptors--;
    if (address !== undefined) this.#byPeer.release(address, isLocal);
    this.#empty();
  }

  /** Counts a connection that is refused in words; false if it must be closed at once. Call leaveRefused() once. */
  enterRefused(): boolean {
    if (this.#refused >= Math.min(maxRefused, this.#maxDescriptors / 16)) return false;
    this.#refused++;
    return true;
  }

  leaveRefused(): void {
    this.#refused--;
  }

  #fill(): void {
    if (!this.#isFull) this.#onFull(this.#isFull = true);
  }

  /** A server that is full for a moment again and again reports it once. */
  #empty(): void {
    const isEmptier = this.#connections < this.maxConnections * 0.9 &&
      this.#descriptors < this.#maxDescriptors * 0.9;
    if (this.#isFull && isEmptier) this.#onFull(this.#isFull = false);
  }
}
