/** The time that the lines of a session have in a round of the event loop. */
import { setImmediate } from "node:timers";
import { assertEquals } from "@std/assert";
import { LineRounds, LinesTurn } from "../../../lib/server/hub/lines_turn.ts";

Deno.test("sessions that are read in one round of the event loop share its time", async () => {
  let nowMs = 1000;
  const rounds = new LineRounds(() => nowMs);
  const isOverAfter = (ms: number) => {
    const turn = new LinesTurn(rounds);
    turn.start();
    nowMs += ms;
    return turn.isOver("JOIN #tea");
  };
  const inOneRound = [isOverAfter(9), isOverAfter(1), isOverAfter(1), isOverAfter(0)];
  await new Promise((resolve) => setTimeout(resolve, 0));
  await new Promise((resolve) => setTimeout(resolve, 0));
  assertEquals([...inOneRound, isOverAfter(1)], [true, true, true, false, false]);
});

Deno.test("when thousands of sessions have a line in one round, the later ones continue in their order", async () => {
  let nowMs = 1000;
  const rounds = new LineRounds(() => nowMs);
  const done: number[] = [];
  const session = async (at: number) => {
    const turn = new LinesTurn(rounds);
    turn.start();
    if (turn.isOver("PING x")) done.push(-1);
    if (turn.isOver("JOIN #tea")) await turn.next();
    nowMs += 2;
    done.push(at);
  };
  const all = Array.from({ length: 30 }, (_, at) => session(at));
  // Two lengths of a round.
  assertEquals(done.length, 3);
  await Promise.all(all);
  assertEquals(done, all.map((_, at) => at));
});

Deno.test("a session that is read while others wait continues after them", async () => {
  let nowMs = 1000;
  const rounds = new LineRounds(() => nowMs);
  const done: number[] = [];
  const session = async (at: number, ms: number) => {
    const turn = new LinesTurn(rounds);
    turn.start();
    if (turn.isOver("JOIN #tea")) await turn.next();
    nowMs += ms;
    done.push(at);
    turn.end();
  };
  const early = Array.from({ length: 4 }, (_, at) => session(at, 5));
  const late = new Promise((resolve) => setImmediate(resolve)).then(() => session(4, 0));
  await Promise.all([...early, late]);
  assertEquals(done, [0, 1, 2, 3, 4]);
});

Deno.test("the time between short reads is not the time of sessions", () => {
  let nowMs = 1000;
  const rounds = new LineRounds(() => nowMs);
  const read = (ms: number) => {
    const turn = new LinesTurn(rounds);
    turn.start();
    nowMs += ms;
    const isOver = turn.isOver("JOIN #tea");
    turn.end();
    return isOver;
  };
  const overs: boolean[] = [];
  for (let at = 0; at < 9; at++) {
    overs.push(read(0.1));
    nowMs += 100;
  }
  assertEquals(overs, Array.from({ length: 9 }, () => false));
  // The time of sessions in one round adds up.
  assertEquals([read(1), read(0.5), read(1), read(1)], [false, false, true, true]);
});
