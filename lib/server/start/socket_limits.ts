/**
 * The limits of the sockets of this process: --limit, and the file descriptors that the system allows it. A part of the
 * descriptors is kept for the database, shared files, certificates and NATS, so that they work when the server is full.
 */
import { descriptorLimit, DescriptorReserve, openDescriptors, usuallyOpen } from "../../net/descriptors.ts";
import { requestPart, SocketLimits } from "../../net/socket_limits.ts";
import type { Hub } from "../hub/hub.ts";
import { notifyOperators } from "../render/operator_notice.ts";

/** Newcomers that can be refused in words at the same time when no file descriptor is free. */
const reserveSize = 16;
/** The part of the descriptors that is no socket of the chat, and the least number of them. */
const keptPart = 1 / 8;
const leastKept = 32;

/** The limits of a server, made before its listeners. Its log tells if --limit does not fit. */
export function socketLimits({ chat }: Hub): SocketLimits {
  const { limit, perAddress } = chat.settings;
  const descriptors = descriptorLimit();
  const reserve = new DescriptorReserve(reserveSize);
  const open = openDescriptors() ?? usuallyOpen;
  const maxDescriptors = descriptors === undefined ? Infinity : forSockets(descriptors, open);
  const limits: SocketLimits = new SocketLimits({
    maxConnections: limit,
    maxPerPeer: perAddress,
    maxDescriptors,
    reserve,
    onRefused: (address, limit) => chat.logEntry("connection refused", { address, limit }),
    onFull: (isFull) => {
      const words = isFull
        ? fullSentence(limits, limit, descriptors)
        : "The server can take new connections again";
      notifyOperators(chat, words, chat.stampNow(), isFull ? "error" : "info");
    },
  });
  if (descriptors !== undefined && limits.maxConnections < limit) {
    chat.log("error", startSentence(limits.maxConnections, limit, descriptors, neededFor(limit, open)));
  }
  return limits;
}

/** The descriptors that remain for sockets. */
function forSockets(descriptors: number, open: number): number {
  return Math.max(1, Math.floor(descriptors - open - Math.max(leastKept, descriptors * keptPart)));
}

/** A round number of descriptors for so many connections. */
function neededFor(connections: number, open: number): number {
  const wanted = Math.ceil(connections / (1 - requestPart)) + open;
  return Math.ceil(Math.max(wanted + leastKept, wanted / (1 - keptPart)) / 100) * 100;
}

function startSentence(most: number, limit: number, descriptors: number, needed: number): string {
  return `This server can hold ${most} ${
    most === 1 ? "connection" : "connections"
  }, not the ${limit} of --limit, because the system allows it only ` +
    `${descriptors} open files: run "ulimit -n ${needed}" before it, or set LimitNOFILE=${needed} in its systemd unit, ` +
    `or lower --limit`;
}

function fullSentence(
  { maxConnections }: SocketLimits,
  limit: number,
  descriptors: number | undefined,
): string {
  if (maxConnections >= limit) {
    return `The server is full: it refuses new connections beyond ${limit}; --limit allows more`;
  }
  return `The server is full: it refuses new connections beyond ${maxConnections}, because the system allows it only ` +
    `${descriptors} open files; "ulimit -n" or LimitNOFILE= in its systemd unit allows more`;
}
