/**
 * A network of its own for one program, on Linux as root: a namespace with two cables to this host, one for NATS and one
 * for people. The cable for NATS can be cut as a real one. Both use private addresses that nothing else can reach.
 */

/** The directions that a cable still carries are none, or one. */
export type CutKind = "both ways" | "cannot hear" | "cannot send";

/** Two ends of a cable; the far one is in the namespace. */
interface Cable {
  readonly near: string;
  readonly far: string;
  readonly nearAddress: string;
  readonly farAddress: string;
}

/** A traffic shaper with a bucket of one byte drops every packet. */
const dropAll = ["root", "tbf", "rate", "1kbit", "burst", "1", "limit", "1"];

/** A namespace; it is removed with everything in it. */
export class NetworkNamespace implements Disposable {
  readonly #name = `parley${Deno.pid}`;
  readonly #nats: Cable;
  readonly #people: Cable;
  #heal: string[][] = [];

  private constructor() {
    const net = 1 + Deno.pid % 250;
    const cable = (letter: string, first: number): Cable => ({
      near: `p${letter}${Deno.pid}a`,
      far: `p${letter}${Deno.pid}b`,
      nearAddress: `10.213.${net}.${first}`,
      farAddress: `10.213.${net}.${first + 1}`,
    });
    this.#nats = cable("n", 1);
    this.#people = cable("p", 5);
    run("ip", "netns", "add", this.#name);
    run(...this.#inside, "ip", "link", "set", "lo", "up");
    for (const { near, far, nearAddress, farAddress } of [this.#nats, this.#people]) {
      run("ip", "link", "add", near, "type", "veth", "peer", "name", far, "netns", this.#name);
      run("ip", "addr", "add", `${nearAddress}/30`, "dev", near);
      run("ip", "link", "set", near, "up");
      run(...this.#inside, "ip", "addr", "add", `${farAddress}/30`, "dev", far);
      run(...this.#inside, "ip", "link", "set", far, "up");
    }
  }

  /** Undefined where this is impossible: another system, not root, or a kernel without it. */
  static open(): NetworkNamespace | undefined {
    if (Deno.build.os !== "linux" || Deno.uid() !== 0) return undefined;
    try {
      return new NetworkNamespace();
    } catch {
      return undefined;
    }
  }

  /** The address of this host for the program in the namespace. */
  get hostAddress(): string {
    return this.#nats.nearAddress;
  }

  /** The address of the namespace for people. */
  get peopleAddress(): string {
    return this.#people.farAddress;
  }

  /** The words before a command that runs it in the namespace. */
  get through(): readonly string[] {
    return this.#inside;
  }

  /** Cuts the cable to NATS, without a word to either side. */
  cut(kind: CutKind): void {
    const { near, far } = this.#nats;
    if (kind === "both ways") {
      run("ip", "link", "set", near, "down");
      this.#heal = [["ip", "link", "set", near, "up"]];
      return;
    }
    const place = kind === "cannot hear" ? [] : this.#inside;
    const device = kind === "cannot hear" ? near : far;
    run(...place, "tc", "qdisc", "add", "dev", device, ...dropAll);
    this.#heal = [[...place, "tc", "qdisc", "del", "dev", device, "root"]];
  }

  /** The cable works again. */
  heal(): void {
    for (const command of this.#heal.splice(0)) run(...command);
  }

  [Symbol.dispose](): void {
    run("ip", "netns", "del", this.#name);
    for (const { near } of [this.#nats, this.#people]) {
      new Deno.Command("ip", { args: ["link", "del", near], stderr: "null" }).outputSync();
    }
  }

  get #inside(): string[] {
    return ["ip", "netns", "exec", this.#name];
  }
}

function run(...[program = "", ...args]: readonly string[]): void {
  const { success, stderr } = new Deno.Command(program, { args }).outputSync();
  if (!success) throw new Error(`"${program} ${args.join(" ")}" failed: ${new TextDecoder().decode(stderr)}`);
}
