/**
 * A whole chat in this process: the real hub, commands and listener on a free port, with its data in memory. It starts
 * in a millisecond, and peers use real sockets. server.ts here in tests/support starts the whole program instead.
 */
import { LocalBus } from "../../lib/server/cluster/local_bus.ts";
import { allCommands } from "../../lib/server/commands/all.ts";
import type { Event } from "../../lib/server/apply/event.ts";
import { ChatState } from "../../lib/server/chat/chat.ts";
import type { ChatOptions as StateOptions } from "../../lib/server/chat/chat_options.ts";
import type { LogEntryName, LogValue } from "../../lib/server/chat/log_entries.ts";
import { Hub, type HubOptions } from "../../lib/server/hub/hub.ts";
import { settingRows, type Settings } from "../../lib/server/settings/settings.ts";
import { encodeLine } from "../../lib/net/encode.ts";
import { listen } from "../../lib/net/listen.ts";
import { SocketLimits } from "../../lib/net/socket_limits.ts";
import { Flusher } from "../../lib/net/send_queue.ts";
import type { StreamOptions } from "../../lib/net/stream.ts";
import { Clock } from "../../lib/irc/clock.ts";
import { parseOptions } from "../../lib/options.ts";
import { openStore } from "../../lib/server/store/store.ts";
import { Peer, type PeerOptions } from "./peer.ts";

/** A running chat; closing it closes the peers it made. */
export interface Chat extends AsyncDisposable {
  readonly hub: Hub;
  /** The state of the hub, for tests to read and to prepare. */
  readonly state: ChatState;
  readonly port: number;
  /** How its connections behave, for a listener of another kind. */
  readonly stream: StreamOptions;
  /**
   * Stands still until the test moves it, in a chat that was started with `startsAt`. `nowMs` is the time that passes;
   * `jumpedMs` is the error of the wall clock.
   */
  readonly clock: { nowMs: number; jumpedMs: number };
  /** Every sentence that was logged. */
  readonly log: readonly string[];
  /** Every other entry of the log. */
  readonly entries: readonly (readonly [name: LogEntryName, fields: Readonly<Record<string, LogValue>>])[];
  /** A registered peer. */
  peer(nick: string, options?: PeerOptions): Promise<Peer>;
  /** Registered peers that join the channel in this order, and have read all lines so far. */
  join<Nicks extends readonly string[]>(
    channel: string,
    ...nicks: Nicks
  ): Promise<{ [At in keyof Nicks]: Peer }>;
}

/** Settings and options that differ from the defaults; flood control is off unless it is asked for. */
export interface ChatOptions
  extends Omit<StateOptions, "settings" | "log">, Pick<HubOptions, "reread" | "sleep"> {
  readonly settings?: Partial<Settings>;
  /** The time of the chat's clock, which only the test moves. Without it the chat has the system's clock. */
  readonly startsAt?: number;
}

/** The lowest number that is allowed: these passwords protect nothing. */
const passwordRounds = 4096;

/** Starts a chat. */
export function startChat({ settings = {}, startsAt, ...given }: ChatOptions = {}): Chat {
  const clock = { nowMs: startsAt ?? 0, jumpedMs: 0 };
  const options = startsAt === undefined
    ? { ...given, ...(given.now && !given.monotonic && { monotonic: given.now }) }
    : { ...given, now: () => clock.nowMs + clock.jumpedMs, monotonic: () => clock.nowMs };
  const flusher = new Flusher();
  const log: string[] = [];
  const entries: [name: LogEntryName, fields: Readonly<Record<string, LogValue>>][] = [];
  const store = options.store ?? openStore({ clock: new Clock(options) });
  flusher.before = () => void store.commit();
  const state = new ChatState({
    ...options,
    store,
    settings: { ...defaultSettings(), name: "chat.test", flood: 0, passwordRounds, ...settings },
    log: (level, text) => log.push(`${level} ${text}`),
    logEntry: (name, fields) => entries.push([name, fields]),
  });
  const hub = new Hub({
    ...options,
    chat: state,
    commands: allCommands,
    bus: new LocalBus<Event>({ last: store.history.newestStamp, now: state.now }),
    encode: encodeLine,
  });
  const attached: Promise<void>[] = [];
  const stream: StreamOptions = {
    flusher,
    limits: { tagBytes: 4096, bodyBytes: state.settings.lineBytes },
    maxQueueBytes: state.settings.sendQueue,
  };
  const listener = listen({
    hostname: "127.0.0.1",
    port: 0,
    limits: new SocketLimits({
      maxConnections: state.settings.limit,
      maxPerPeer: state.settings.perAddress,
    }),
    stream,
    onConnection: (connection) => void attached.push(hub.attach(connection)),
  });
  const peers: Peer[] = [];
  const peer = async (nick: string, peerOptions?: PeerOptions) => {
    const made = await Peer.connect(listener.port, nick, peerOptions);
    peers.push(made);
    return made;
  };
  return {
    hub,
    state,
    port: listener.port,
    stream,
    clock,
    log,
    entries,
    peer,
    async join<Nicks extends readonly string[]>(channel: string, ...nicks: Nicks) {
      const joined: Peer[] = [];
      for (const nick of nicks) {
        const one = await peer(nick);
        joined.push(one);
        await one.join(channel);
      }
      for (const one of joined) await one.lines();
      return joined as { [At in keyof Nicks]: Peer };
    },
    async [Symbol.asyncDispose]() {
      const closed = listener.close();
      hub.close("The test is over");
      for (const one of peers) await one[Symbol.asyncDispose]();
      await closed;
      await Promise.all(attached);
      while (listener.connections > 0) await new Promise((resolve) => setTimeout(resolve, 1));
      store.close();
    },
  };
}

function defaultSettings(): Settings {
  const parsed = parseOptions(settingRows, [], {});
  if ("fault" in parsed) throw new RangeError(parsed.fault);
  return parsed.values;
}
