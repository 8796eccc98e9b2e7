/**
 * The states of the bus of many machines, and the events that move it from one state to the next. The bus
 * (nats_bus.ts) calls nextState() and acts. This file is pure: it touches neither NATS nor the chat. README.md beside it
 * explains the states.
 */

/** The states, in the order of a machine's life. */
export const busStates = [
  /** Takes a snapshot from another machine, or claims to be the first machine. Reads nothing yet. */
  "joining",
  /** Reads the stream to its end for the first time. Nobody can connect yet. */
  "catching up",
  /** Publishes events and applies them. */
  "live",
  /** Has no connection to NATS. Refuses events. */
  "disconnected",
  /** Reads the missed events before it publishes again. Refuses events. */
  "resyncing",
  /**
   * Takes a snapshot again, because the stream no longer has the missed events. Refuses events. Resyncing is another
   * state, because a lost connection does not end rejoining: only a snapshot replaces the missing events.
   */
  "rejoining",
  "closed",
] as const;

/** See busStates. */
export type BusState = typeof busStates[number];

/** The events of a bus. */
export const busEvents = [
  /** The chat passes its position; reading begins there. */
  "start",
  /** Everything that was in the stream at the start is applied. */
  "caught up",
  "connection lost",
  "connection restored",
  /** The connection works, but the stream does not answer, delivers nothing, or is a new stream. */
  "health check failed",
  /** The next event is not available: the stream skipped it, deleted it, or is a new stream. */
  "sequence gap",
  /** A snapshot has replaced the missing events. */
  "rejoined",
  /** All missed events are applied, and the stream accepts events. */
  "resynced",
  "close",
] as const;

/** See busEvents. */
export type BusEvent = typeof busEvents[number];

const transitions: Record<Exclude<BusState, "closed">, Partial<Record<BusEvent, BusState>>> = {
  "joining": { "start": "catching up", "close": "closed" },
  "catching up": {
    "caught up": "live",
    "connection lost": "disconnected",
    // The connection broke before it was watched. The health check resumes the reader.
    "connection restored": "catching up",
    "health check failed": "resyncing",
    "sequence gap": "rejoining",
    "close": "closed",
  },
  "live": {
    "connection lost": "disconnected",
    "connection restored": "resyncing",
    "health check failed": "resyncing",
    "sequence gap": "rejoining",
    "close": "closed",
  },
  "disconnected": {
    "connection lost": "disconnected",
    "connection restored": "resyncing",
    "close": "closed",
  },
  "resyncing": {
    "connection lost": "disconnected",
    "connection restored": "resyncing",
    "sequence gap": "rejoining",
    "resynced": "live",
    "close": "closed",
  },
  // Nothing interrupts the replacement of a chat. It fails by itself, and is repeated until it succeeds.
  "rejoining": {
    "start": "rejoining",
    "connection lost": "rejoining",
    "connection restored": "rejoining",
    "sequence gap": "rejoining",
    "rejoined": "resyncing",
    "close": "closed",
  },
};

/** The state after an event; undefined when the event is impossible in that state, which is a bug of the bus. */
export function nextState(state: BusState, event: BusEvent): BusState | undefined {
  // Results of unfinished work can arrive after the close.
  return state === "closed" ? state : transitions[state][event];
}

/** Whether events are published rather than refused. */
export function isUp(state: BusState): boolean {
  return state === "joining" || state === "catching up" || state === "live";
}
