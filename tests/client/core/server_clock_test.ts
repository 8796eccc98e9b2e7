/** A wrong clock of the computer changes neither what is shown nor what is sent. */

import { assertEquals } from "@std/assert";
import { ServerClock } from "../../../lib/client/core/server_clock.ts";
import { EmulatedTerminal, noon } from "../terminal/emulated_terminal.ts";
import { WiredClient } from "./wired_client.ts";

const minute = 60_000;
const hour = 60 * minute;

Deno.test("ServerClock follows the messages of the server, and never the computer's clock between them", () => {
  let [now, elapsed] = [noon + hour, 0];
  const clock = new ServerClock(() => now, () => elapsed);
  assertEquals(clock.now, noon + hour);
  clock.onTime(noon);
  assertEquals(clock.now, noon);
  elapsed += minute;
  now -= 5 * hour;
  assertEquals(clock.now, noon + minute);
  // A late message, as from a bouncer.
  clock.onTime(noon - hour);
  clock.onTime(8.64e15);
  assertEquals(clock.now, noon + minute);
  clock.onTime(noon + hour);
  assertEquals(clock.now, noon + hour);
  clock.onConnection();
  clock.onTime(noon);
  assertEquals(clock.now, noon);
});

Deno.test("people who type are shown with a clock that is an hour ahead, or behind", async () => {
  for (const wrongMs of [hour, -hour]) {
    await using terminal = await new EmulatedTerminal().enter();
    terminal.now += wrongMs;
    const time = new Date(noon).toISOString();
    await terminal.wire.say(`@time=${time};+typing=active :ann!a@h TAGMSG #tea`);
    assertEquals(await terminal.screen("typing"), ["ann is typing…", "#tea> |"]);
    await terminal.wire.say(`@time=${time} :ann!a@h PRIVMSG #tea :done`);
    assertEquals(await terminal.screen("ann: done"), ["12:00 ann: done", "#tea> |"]);
    await terminal.press("/nick\r");
    assertEquals((await terminal.screen("Write"))[0]?.slice(0, 5), "12:00");
  }
});

Deno.test("our typing is sent when the clock was set back", async () => {
  let now = 10 * hour;
  let elapsed = 0;
  await using peer = new WiredClient({ now: () => now, elapsed: () => elapsed });
  const server = await peer.enter();
  peer.client.typing.update("#tea", "a");
  now -= hour;
  elapsed += 4_000;
  peer.client.typing.update("#tea", "ab");
  assertEquals((await server.sent()).filter((line) => line.includes("+typing=active")).length, 2);
});
