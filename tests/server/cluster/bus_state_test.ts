/** The states of the bus: every pair of a state and an event, and what holds for all of them. */
import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import {
  type BusEvent,
  busEvents,
  type BusState,
  busStates,
  isUp,
  nextState,
} from "../../../lib/server/cluster/bus_state.ts";

/** The state after each event, with "-" where the event is impossible. */
const table = `
| state        | start       | caught up | connection lost | connection restored | health check failed | sequence gap | rejoined  | resynced | close  |
| joining      | catching up | -         | -               | -                   | -                   | -            | -         | -        | closed |
| catching up  | -           | live      | disconnected    | catching up         | resyncing           | rejoining    | -         | -        | closed |
| live         | -           | -         | disconnected    | resyncing           | resyncing           | rejoining    | -         | -        | closed |
| disconnected | -           | -         | disconnected    | resyncing           | -                   | -            | -         | -        | closed |
| resyncing    | -           | -         | disconnected    | resyncing           | -                   | rejoining    | -         | live     | closed |
| rejoining    | rejoining   | -         | rejoining       | rejoining           | -                   | rejoining    | resyncing | -        | closed |
| closed       | closed      | closed    | closed          | closed              | closed              | closed       | closed    | closed   | closed |
`;

const [[, ...events] = [], ...rows] = table.trim().split("\n").map((line) =>
  line.split("|").slice(1, -1).map((cell) => cell.trim())
);
const anyEvents = fc.array(fc.constantFrom(...busEvents), { maxLength: 30 });

/** The states that a bus passes through; an impossible event changes nothing. */
function walk(path: readonly BusEvent[]): BusState[] {
  const states: BusState[] = ["joining"];
  for (const event of path) {
    const state = states.at(-1) ?? "joining";
    states.push(nextState(state, event) ?? state);
  }
  return states;
}

/** Every state that can follow, after any number of events. */
function reachable(from: BusState): Set<BusState> {
  const found = new Set([from]);
  for (const state of found) {
    for (const event of busEvents) found.add(nextState(state, event) ?? state);
  }
  return found;
}

Deno.test("the table names every state and every event once", () => {
  assertEquals(events, [...busEvents]);
  assertEquals(rows.map(([state]) => state), [...busStates]);
});

for (const [state, ...cells] of rows) {
  for (const [at, cell] of cells.entries()) {
    const title = cell === "-" ? "is impossible" : `leads to "${cell}"`;
    Deno.test(`"${events[at]}" while ${state} ${title}`, () => {
      const found = nextState(state as BusState, events[at] as BusEvent);
      assertEquals(found ?? "-", cell);
    });
  }
}

Deno.test("close ends every state, and nothing leaves closed", () => {
  for (const state of busStates) assertEquals(nextState(state, "close"), "closed");
  assertEquals(reachable("closed"), new Set(["closed"]));
});

Deno.test("every state can be reached, and every open state can become live", () => {
  assertEquals(reachable("joining"), new Set(busStates));
  for (const state of busStates) assertEquals(reachable(state).has("live"), state !== "closed", state);
});

Deno.test("a bus never joins twice", () => {
  for (const state of busStates) {
    for (const event of busEvents) assert(nextState(state, event) !== "joining", `${event} while ${state}`);
  }
});

Deno.test("a bus accepts events until it loses the stream, and again once it is live", () => {
  assertEquals(busStates.filter(isUp), ["joining", "catching up", "live"]);
  fc.assert(fc.property(anyEvents, (path) => {
    const states = walk(path);
    for (const [at, state] of states.entries()) {
      const before = states[at - 1];
      if (before === undefined || isUp(before) || !isUp(state)) continue;
      assertEquals([state, path[at - 1]], ["live", "resynced"]);
    }
  }));
});

Deno.test("after a sequence gap, only a new snapshot or the end leads out of rejoining", () => {
  fc.assert(fc.property(anyEvents, (path) => {
    const states = walk(path);
    for (const [at, state] of states.entries()) {
      if (states[at - 1] !== "rejoining" || state === "rejoining") continue;
      assert(state === "closed" || path[at - 1] === "rejoined", `${path[at - 1]} leads to ${state}`);
    }
  }));
});
