/** The time that the lines of a session have in a round of the event loop. */
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
  // Two lengths of a round, and the session that begins at its end.
  assertEquals(done.length, 8);
  await Promise.all(all);
  assertEquals(done, all.map((_, at) => at));
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
  assertEquals([read(4), read(3), read(2), read(1)], [false, false, true, true]);
});
