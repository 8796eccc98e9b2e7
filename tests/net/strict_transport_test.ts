import { parseSts, StrictTransport, StrictTransportFile } from "../../lib/net/strict_transport.ts";
import { granted } from "../support/permissions.ts";
import { assertEquals } from "@std/assert";

const dayMs = 86_400_000;

Deno.test("parseSts() reads the port and the duration, and ignores other keys", () => {
  assertEquals(parseSts("port=6697,duration=30"), { port: 6697, durationMs: 30_000 });
  assertEquals(parseSts("unknown,duration=0,preload=yes"), { durationMs: 0 });
  for (const value of ["", "port=0", "port=99999", "port=-1", "duration=x", "port=6697x", "PORT=1"]) {
    assertEquals(parseSts(value), {});
  }
});

Deno.test("a plain connection only raises the port, and TLS sets the duration", () => {
  const clock = { now: 1_000_000 };
  const file = new StrictTransportFile(undefined);
  const transport = new StrictTransport("irc://chat.example:6667", file, () => clock.now);
  assertEquals(transport.onPolicy("duration=99", false), false);
  assertEquals([transport.address, transport.isForced], ["irc://chat.example:6667", false]);
  assertEquals(transport.onPolicy("port=7000,duration=99", false), true);
  assertEquals([transport.address, transport.isForced], ["ircs://chat.example:7000", true]);
  assertEquals(file.portOf("chat.example", clock.now), undefined);
  // The port of the present connection counts.
  assertEquals(transport.onPolicy("duration=10,port=12345", true), false);
  assertEquals(file.portOf("CHAT.example", clock.now + 9_999), 7000);
  assertEquals(file.portOf("chat.example", clock.now + 10_000), undefined);
  clock.now += 8_000;
  transport.onDisconnect();
  assertEquals(file.portOf("chat.example", clock.now + 9_999), 7000);
});

Deno.test("a plain connection cannot end a policy; TLS can, with a duration of 0", () => {
  const file = new StrictTransportFile(undefined);
  const open = () => new StrictTransport("irc://chat.example:6667", file, () => 0);
  file.save("chat.example", 6697, dayMs, 0);
  const transport = open();
  assertEquals(transport.address, "ircs://chat.example:6697");
  transport.onPolicy("duration=0", false);
  assertEquals(open().address, "ircs://chat.example:6697");
  transport.onPolicy("duration=0", true);
  transport.onDisconnect();
  assertEquals(open().address, "irc://chat.example:6667");
});

Deno.test({
  name: "policies outlive the program, and end",
  ignore: !granted("write", "read"),
  async fn() {
    const folder = await Deno.makeTempDir();
    try {
      const path = `${folder}/deep/strict_transport`;
      new StrictTransportFile(path).save("chat.example", 6697, dayMs, 0);
      new StrictTransportFile(path).save("other.example", 7000, dayMs / 2, 0);
      assertEquals(new StrictTransportFile(path).portOf("chat.example", dayMs - 1), 6697);
      // One that ended leaves the file.
      new StrictTransportFile(path).save("third.example", 1, dayMs, dayMs / 2);
      assertEquals((await Deno.readTextFile(path)).split("\n").slice(1).map((line) => line.split(" ")[0]), [
        "chat.example",
        "third.example",
        "",
      ]);
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  },
});
