import { assertEquals } from "@std/assert";
import { bufferAfterClosing, buffersInOrder, nextBuffer } from "../../../lib/client/state/buffer_order.ts";
import { emptyState, withBuffer, withOpenBuffer } from "../../../lib/client/state/state.ts";

const empty = emptyState("bob");
const open = ["#tea", "dora", "#den", "ann"].reduce(withOpenBuffer, empty);
const inTea = withBuffer(open, "#tea", (buffer) => ({ ...buffer, joined: true }));

Deno.test("buffersInOrder() has channels by name, then people by name", () => {
  assertEquals(buffersInOrder(open).map(({ name }) => name), ["#den", "#tea", "ann", "dora"]);
});

const steps: readonly (readonly [current: string, by: number, next: string | undefined])[] = [
  ["#den", 1, "#tea"],
  ["#tea", 1, "ann"],
  ["dora", 1, "#den"],
  ["#den", -1, "dora"],
  ["ann", -1, "#tea"],
  ["", 1, "#den"],
  ["", -1, "dora"],
];

for (const [current, by, next] of steps) {
  Deno.test(`nextBuffer() goes ${by} from "${current}" to ${next}`, () => {
    assertEquals(nextBuffer(open, current, by), next);
  });
}

Deno.test("nextBuffer() is undefined when no buffer is open", () => {
  assertEquals(nextBuffer(empty, "", 1), undefined);
});

Deno.test("bufferAfterClosing() is the first channel that we are in, else a person", () => {
  assertEquals([inTea, open, empty].map(bufferAfterClosing), ["#tea", "ann", undefined]);
});
