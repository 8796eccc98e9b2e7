/** The warnings to operators about the space in NATS, with answers of the test. */
import { assertEquals } from "@std/assert";
import { NatsStorage } from "../../../lib/server/cluster/nats_storage.ts";

Deno.test("operators are warned once before the account of NATS is full, and once while files cannot be shared", async () => {
  const told: string[] = [];
  const nats = { bytes: 50, maxBytes: 100, canStore: true };
  const storage = new NatsStorage({
    stream: { figures: { bytes: 7, maxBytes: 1000 }, account: () => Promise.resolve(nats) },
    files: {
      bytes: () => nats.canStore ? Promise.resolve(33) : Promise.reject(new Error("no streams left")),
    },
    isUp: () => true,
    onProblem: (sentence) => told.push(sentence.split(/[:,;] /)[0] ?? ""),
  });
  await storage.look();
  assertEquals(storage.figures, {
    eventsBytes: 7,
    eventsMaxBytes: 1000,
    filesBytes: 33,
    accountBytes: 50,
    accountMaxBytes: 100,
  });
  for (const bytes of [95, 99, 40, 96]) {
    nats.bytes = bytes;
    await storage.look();
  }
  assertEquals(told, ["The account of NATS is nearly full", "The account of NATS is nearly full"]);
  for (const canStore of [false, false, true, false]) {
    nats.canStore = canStore;
    await storage.look();
  }
  assertEquals(told.slice(2), ["Files cannot be shared", "Files cannot be shared"]);
  storage.close();
});
