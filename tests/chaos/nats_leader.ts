/**
 * A NATS cluster of three servers whose leader is killed. NATS takes up to ten seconds to choose another one, so only
 * `deno task chaos` runs this test. Without nats-server it is ignored.
 */
import { assert, assertEquals } from "@std/assert";
import { withDeadline } from "../support/deadline.ts";
import { fileText } from "../support/file_text.ts";
import { temporaryFolder } from "../support/folder.ts";
import { Peer } from "../support/peer.ts";
import { hasProgram } from "../support/programs.ts";
import { startServer } from "../support/server.ts";

const names = ["one", "two", "three"];
const startMs = 20_000;
const continueMs = 60_000;

Deno.test({
  name:
    "when the NATS server that leads is killed, the two others continue and nothing is lost, also if one started late",
  ignore: !hasProgram("nats-server"),
  async fn() {
    await using nats = await ThreeNats.startTwo();
    const flags = ["--nats", nats.url, "--tls", "off", "--web", "off", "--flood", "0"];
    const starting = startServer([...flags, "--machine", "east"]);
    nats.startThird();
    await using east = await starting;
    await using west = await startServer([...flags, "--machine", "west"]);
    const caps = ["echo-message", "standard-replies"];
    await using ann = await Peer.connect(east.port, "ann", { caps });
    await using bob = await Peer.connect(west.port, "bob");
    await ann.join("#tea");
    await bob.join("#tea");
    await ann.until(" JOIN ");
    ann.send("PRIVMSG #tea :before");
    for (const person of [ann, bob]) await person.until("before");
    await nats.killLeader();
    const echoed: string[] = [];
    const endMs = performance.now() + continueMs;
    for (let count = 0; echoed.length < 20; count++) {
      assert(performance.now() < endMs, `NATS does not order events again: ${echoed.length} were echoed`);
      ann.send(`PRIVMSG #tea :${count}`);
      const [answer = ""] = (await eventually(ann, / PRIVMSG /)).slice(-1);
      if (answer.startsWith(":ann!")) echoed.push(textOf(answer));
      else await new Promise((resolve) => setTimeout(resolve, 50));
    }
    const received = await bob.until((line) => line.startsWith(":ann!") && textOf(line) === echoed.at(-1));
    assertEquals(received.filter((line) => line.startsWith(":ann!")).map(textOf), echoed);
  },
});

function textOf(line: string): string {
  return line.split(" :").at(-1) ?? "";
}

/** NATS takes up to ten seconds to choose another leader, as long as one Peer.until() waits. */
function eventually(peer: Peer, wanted: RegExp): Promise<string[]> {
  return peer.until(wanted).catch(() => peer.until(wanted)).catch(() => peer.until(wanted));
}

/** A NATS cluster of three servers, each with its log in a file. */
class ThreeNats implements AsyncDisposable {
  readonly url: string;
  readonly #temporary = temporaryFolder();
  readonly #children = new Map<string, Deno.ChildProcess>();
  readonly #ports = freePorts(2 * names.length);

  private constructor() {
    this.url = this.#ports.slice(0, names.length).map((port) => `nats://127.0.0.1:${port}`).join(",");
  }

  static async startTwo(): Promise<ThreeNats> {
    const nats = new ThreeNats();
    for (const at of [0, 1]) nats.#start(at);
    await withDeadline(
      nats.#logged("new metadata leader"),
      startMs,
      () => "The NATS servers did not choose a leader",
    );
    return nats;
  }

  startThird(): void {
    this.#start(2);
  }

  #start(at: number): void {
    const name = names[at] ?? "";
    const path = `${this.#temporary.folder}/${name}`;
    const routes = this.#ports.slice(names.length).map((port) => `nats://127.0.0.1:${port}`).join(", ");
    Deno.writeTextFileSync(
      `${path}.conf`,
      `host: 127.0.0.1, port: ${this.#ports[at]}, server_name: ${name}, log_file: "${path}.log"
       jetstream { store_dir: "${path}" }
       cluster { name: tests, host: 127.0.0.1, port: ${
        this.#ports[at + names.length]
      }, routes: [${routes}] }`,
    );
    const args = ["-c", `${path}.conf`];
    this.#children.set(name, new Deno.Command("nats-server", { args, stdin: "null" }).spawn());
  }

  /** Kills the leader of the stream with SIGKILL. */
  async killLeader(): Promise<void> {
    const name = await this.#logged("new stream leader");
    this.#children.get(name)?.kill("SIGKILL");
    await this.#children.get(name)?.status;
    this.#children.delete(name);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const child of this.#children.values()) child.kill("SIGKILL");
    await Promise.all([...this.#children.values()].map(({ status }) => status));
    this.#temporary[Symbol.dispose]();
  }

  /** The name of a server whose log has these words. */
  async #logged(words: string): Promise<string> {
    for (;;) {
      const found = names.find((name) => fileText(`${this.#temporary.folder}/${name}.log`).includes(words));
      if (found !== undefined) return found;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
}

function freePorts(count: number): number[] {
  const listeners = Array.from({ length: count }, () => Deno.listen({ hostname: "127.0.0.1", port: 0 }));
  const ports = listeners.map(({ addr }) => (addr as Deno.NetAddr).port);
  for (const listener of listeners) listener.close();
  return ports;
}
