/**
 * The states of the bus of many machines, and the events that move it from one state to the next. The bus (nats_bus.ts)
 * asks next() and acts. This file is pure: it touches neither NATS nor the chat. README.md beside it explains the states.
 */

/** The states, in the order of a machine's life. */
export const busStates = [
  /** Takes a snapshot from another machine, or claims to be the first one. Reads nothing yet. */
  "joining",
  /** Reads the stream to its end for the first time. Nobody can connect yet. */
  "catching up",
  /** Publishes events and applies them. */
  "live",
  /** Has no connection to NATS. Refuses events. */
  "disconnected",
  /** Reads what it missed before it publishes again. Refuses events. */
  "resyncing",
  /**
   * Takes a snapshot again, as the stream cannot give what was missed. Refuses events. This state is apart from resyncing
   * because it outlives a lost connection: only a snapshot replaces the missing events.
   */
  "rejoining",
  "closed",
] as const;

/** See busStates. */
export type BusState = typeof busStates[number];

/** What can happen to a bus. */
export const busEvents = [
  /** The chat gives its position, from which the stream is read. */
  "start",
  /** Everything that was in the stream at the start is applied. */
  "caught up",
  "connection lost",
  "connection restored",
  /** The connection works, but the stream does not answer, gives nothing back, or is a new one. */
  "health check failed",
  /** The next event is not to be had: the stream skips it, forgot it, or is a new one. */
  "sequence gap",
  /** A snapshot has replaced the missing events. */
  "rejoined",
  /** Everything that was missed is applied, and the stream accepts events. */
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
export function next(state: BusState, event: BusEvent): BusState | undefined {
  // Results of what was under way can arrive after the end.
  return state === "closed" ? state : transitions[state][event];
}

/** Whether events are published rather than refused. */
export function isUp(state: BusState): boolean {
  return state === "joining" || state === "catching up" || state === "live";
}
