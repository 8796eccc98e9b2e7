/** Work in parts lets sockets be read in between. */
import { assert, assertEquals } from "@std/assert";
import { afterSockets, openSocketRounds } from "../lib/socket_rounds.ts";
import { granted } from "./support/permissions.ts";

const round = () => new Promise<void>(afterSockets);

/** Whether a byte that has arrived is read before work continues that did not wait for it. */
async function isReadBetween(): Promise<boolean> {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  using sender = await Deno.connect({ hostname: "127.0.0.1", port: listener.addr.port });
  using socket = await listener.accept();
  let isRead = false;
  const read = socket.read(new Uint8Array(1)).then(() => isRead = true);
  await round();
  await sender.write(new Uint8Array(1));
  await round();
  const result = isRead;
  await read;
  return result;
}

const options = { ignore: !granted("net") };

Deno.test("sockets are read before the next part of work", options, async () => {
  assert(await isReadBetween(), "with a timer");
  using _rounds = await openSocketRounds();
  assert(await isReadBetween(), "with the connection of the process to itself");
});

Deno.test(
  "a round of the sockets takes no timer, and those who wait continue in their order",
  options,
  async () => {
    using _rounds = await openSocketRounds();
    let fired = false;
    const timer = setTimeout(() => fired = true, 1000);
    const order: number[] = [];
    for (let at = 0; at < 500; at++) {
      await Promise.all(
        [1, 2].map((one) => round().then(() => order.push(one))),
      );
    }
    clearTimeout(timer);
    assertEquals([fired, order.length, order.slice(-4)], [false, 1000, [1, 2, 1, 2]]);
  },
);

Deno.test("work that waits continues when the rounds are closed", options, async () => {
  const rounds = await openSocketRounds();
  const waiting = round();
  rounds[Symbol.dispose]();
  await waiting;
  await round();
});
