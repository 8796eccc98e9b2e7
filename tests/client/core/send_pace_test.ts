import { assertEquals } from "@std/assert";
import { SendPace } from "../../../lib/client/core/send_pace.ts";

/** A pace with a timer that the test drives. */
function paced(): { readonly pace: SendPace; readonly sent: string[]; tick: (() => void) | undefined } {
  const sent: string[] = [];
  const held: { pace: SendPace; sent: string[]; tick: (() => void) | undefined } = {
    sent,
    tick: undefined,
    pace: new SendPace((line) => void sent.push(line), (tick) => {
      held.tick = tick;
      return () => held.tick = undefined;
    }),
  };
  return held;
}

Deno.test("without SAFERATE five lines go at once, and then one at a time, in order", () => {
  const held = paced();
  for (let at = 0; at < 7; at++) held.pace.send(`${at}`, false);
  assertEquals(held.sent, ["0", "1", "2", "3", "4"]);
  held.tick?.();
  held.pace.send("7", false);
  assertEquals(held.sent.at(-1), "5");
  for (let count = 0; count < 2; count++) held.tick?.();
  assertEquals(held.sent.slice(5), ["5", "6", "7"]);
  for (let count = 0; count < 5; count++) held.tick?.();
  assertEquals(held.tick, undefined);
});

Deno.test("with SAFERATE no line waits, and close() drops the waiting lines", () => {
  const held = paced();
  for (let at = 0; at < 50; at++) held.pace.send(`${at}`, true);
  assertEquals([held.sent.length, held.tick], [50, undefined]);
  for (let at = 0; at < 9; at++) held.pace.send("x", false);
  held.pace.close();
  assertEquals([held.sent.length, held.tick], [55, undefined]);
});
