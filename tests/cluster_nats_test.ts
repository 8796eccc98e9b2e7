/** Servers whose NATS is killed, and machines with one name. Without nats-server the tests are ignored. */
import { assertEquals } from "@std/assert";
import { clusterStory } from "./support/cluster.ts";

clusterStory("/readyz says that messages are refused while NATS is down", [], async (cluster) => {
  const east = await cluster.add("east", ["--web", "on"]);
  const ann = await cluster.peer(east, "ann");
  const ready = async () => {
    const answer = await fetch(`http://127.0.0.1:${east.webPort}/readyz`);
    return [answer.status, (await answer.text()).trim()];
  };
  assertEquals(await ready(), [200, "ready"]);
  await cluster.nats.kill();
  await ann.until(/ NOTICE .*cannot reach/);
  const words = "Cannot reach NATS: messages are refused until the connection is back";
  assertEquals(await ready(), [503, words]);
  await cluster.nats.again();
  await ann.until(/ NOTICE .*reach each other again/);
  assertEquals(await ready(), [200, "ready"]);
});

clusterStory("a machine whose name is in use logs it", ["east"], async (cluster) => {
  const west = await cluster.add("west");
  const other = await cluster.add("east");
  const ann = await cluster.peer(other, "ann");
  await ann.join("#tea");
  assertEquals(west.stderr().includes("Another machine"), false);
  assertEquals(other.stderr().includes('Another machine has the name "east" too'), true, other.stderr());
});
