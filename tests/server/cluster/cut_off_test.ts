/**
 * A machine whose link to NATS stands still for longer than the lease, with a real nats-server and two machines in this
 * process. More faults, with servers of their own, are in tests/chaos/cut_off.ts.
 */
import { assert, assertEquals } from "@std/assert";
import { type ChatSide, openChat } from "../../../lib/server/start/chat_side.ts";
import { settingRows } from "../../../lib/server/settings/settings.ts";
import { parseOptions } from "../../../lib/options.ts";
import { Nats } from "../../support/cluster.ts";
import { until } from "../../support/deadline.ts";
import { FreezingProxy } from "../../support/freezing_proxy.ts";
import { visit } from "../../support/memory_connection.ts";
import { hasProgram } from "../../support/programs.ts";
import { receive } from "../../support/transcript.ts";

const leaseMs = 400;

Deno.test({
  name: "a machine that was cut off throws out nobody on the others, and closes its own sessions",
  ignore: !hasProgram("nats-server"),
  async fn() {
    await using nats = await Nats.start();
    await using proxy = new FreezingProxy(nats.port);
    await using east = await startMachine("east", nats.url);
    await using west = await startMachine("west", proxy.url);
    await using ann = await visit(east.side.hub, "10.1.1.1", "ann");
    await using bob = await visit(west.side.hub, "10.1.2.1", "bob");
    await ann.join("#tea");
    await bob.join("#tea");
    const machines = () => [...east.side.hub.chat.machines.keys()].map((name) => name.split("-")[0]);
    await until(() => machines().length === 2 && east.side.hub.chat.users.size === 2);
    await receive(ann);
    proxy.freeze();
    await until(() => machines().length === 1);
    // West hears nothing of east for longer than the lease too.
    await new Promise((resolve) => setTimeout(resolve, leaseMs / 2));
    proxy.thaw();
    await until(() => machines().length === 2);
    assertEquals(machines(), ["east", "west"]);
    assertEquals((await receive(ann)).filter((line) => / QUIT /.test(line)), [
      ":bob QUIT :Machine west was lost",
    ]);
    assert(east.logged.includes('Machine "west" did not answer, so its people have quit'), `${east.logged}`);
    assert(west.logged.some((line) => line.startsWith("The other machines did not hear this one")));
    assertEquals(
      (await bob.closed()).at(-1),
      "ERROR :Closing link: This server was cut off from the others; connect again",
    );
  },
});

/** A machine of this process, and what it logged. */
interface Started extends AsyncDisposable {
  readonly side: ChatSide;
  readonly logged: readonly string[];
}

/** A chat side with nothing on disk. */
async function startMachine(machine: string, nats: string): Promise<Started> {
  const parsed = parseOptions(settingRows, [], {});
  if ("fault" in parsed) throw new RangeError(parsed.fault);
  const settings = { ...parsed.values, ephemeral: true, flood: 0, nats, machine, lease: leaseMs };
  const none = () => undefined;
  const logged: string[] = [];
  const log = (_level: string, text: string) => void logged.push(text);
  const openedLater = { tlsPort: none, webUrl: none, uploadUrl: none, files: none };
  const side = await openChat(settings, { version: "test", log, openedLater });
  return {
    side,
    logged,
    async [Symbol.asyncDispose]() {
      side.hub.close("The test is over");
      await side.machines?.leave();
      side.store.close();
    },
  };
}
