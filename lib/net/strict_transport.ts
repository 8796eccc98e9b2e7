/**
 * STS on the side of a client (IRCv3 sts): a server can say on a plain connection that it wants TLS, and on a TLS
 * connection for how long only TLS may be used. A file keeps this, so that nobody between the client and the server can
 * take it back. Without a path it is kept until the program ends.
 */
import { isLoopback } from "../irc/address.ts";
import { writeWholeFile } from "./whole_file.ts";

/** One server that wants TLS. */
interface Policy {
  readonly port: number;
  /** Milliseconds since 1970. */
  readonly until: number;
}

/** A policy lasts no longer, whatever the server says. */
const maxDurationMs = 366 * 86_400_000;
const maxHosts = 10_000;
const heading =
  "# Servers that want TLS only (STS): host, port, and end in milliseconds. The client keeps this file.";

/** The servers that want TLS, by host. Each call reads the file again, because several clients can share it. */
export class StrictTransportFile {
  readonly #path: string | undefined;
  #kept = new Map<string, Policy>();

  constructor(path: string | undefined) {
    this.#path = path;
  }

  /** The port to use with TLS; undefined when plain connections to this host are allowed. */
  portOf(host: string, nowMs: number): number | undefined {
    const policy = this.#read().get(host.toLowerCase());
    return policy !== undefined && policy.until > nowMs ? policy.port : undefined;
  }

  /** Stores what a server said over TLS; a duration of 0 removes it. Throws if the file cannot be written. */
  save(host: string, port: number, durationMs: number, nowMs: number): void {
    const all = this.#read();
    const key = host.toLowerCase();
    if (durationMs === 0 && !all.has(key)) return;
    all.delete(key);
    if (durationMs > 0) all.set(key, { port, until: nowMs + Math.min(durationMs, maxDurationMs) });
    const valid = [...all].filter(([, { until }]) => until > nowMs).slice(-maxHosts);
    this.#kept = new Map(valid);
    if (this.#path === undefined) return;
    const folder = this.#path.slice(0, this.#path.lastIndexOf("/"));
    if (folder !== "") Deno.mkdirSync(folder, { recursive: true, mode: 0o700 });
    const lines = valid.map(([name, { port, until }]) => `${name} ${port} ${until}`);
    writeWholeFile(this.#path, `${[heading, ...lines].join("\n")}\n`);
  }

  #read(): Map<string, Policy> {
    if (this.#path === undefined) return this.#kept;
    let text: string;
    try {
      text = Deno.readTextFileSync(this.#path);
    } catch (error) {
      if (error instanceof Deno.errors.NotFound || error instanceof Deno.errors.NotADirectory) {
        return new Map();
      }
      throw error;
    }
    const rows = text.split("\n").map((line) => line.split(" ")).filter(([host = "#"]) =>
      host !== "" && !host.startsWith("#")
    );
    return new Map(
      rows.map(([host = "", port, until]) => [host, { port: Number(port), until: Number(until) }] as const)
        .filter(([, { port }]) => isPort(port)),
    );
  }
}

/** Whether the name or address is this computer itself: nobody else can read a connection to it. */
export function isThisComputer(hostname: string): boolean {
  return /^(?:.+\.)?localhost$/i.test(hostname) || isLoopback(hostname.replace(/^\[|\]$/g, ""));
}

/** The value of the capability: "port=6697,duration=2592000". Unknown and malformed keys are left out. */
export function parseSts(value: string): { readonly port?: number; readonly durationMs?: number } {
  const found: { port?: number; durationMs?: number } = {};
  for (const token of value.split(",", 32)) {
    const [, key, digits] = /^(port|duration)=(\d{1,12})$/.exec(token) ?? [];
    if (key === "port" && isPort(Number(digits))) found.port = Number(digits);
    if (key === "duration") found.durationMs = Number(digits) * 1000;
  }
  return found;
}

function isPort(port: number): boolean {
  return Number.isInteger(port) && port >= 1 && port <= 65_535;
}

/** The time of this computer when the program began, and what has passed since. */
function sinceStart(): number {
  return performance.timeOrigin + performance.now();
}

/** One server and the policy that it has for a client. */
export class StrictTransport {
  #address: string;
  readonly #file: StrictTransportFile;
  readonly #now: () => number;
  /** The last duration that the server sent over TLS. */
  #durationMs: number | undefined;
  #isForced = false;

  constructor(address: string, file: StrictTransportFile, now: () => number = sinceStart) {
    this.#address = address;
    this.#file = file;
    this.#now = now;
  }

  /** The address to connect to now: with TLS when the server wants it. */
  get address(): string {
    const { protocol, hostname } = new URL(this.#address);
    if (protocol === "irc:") {
      const port = this.#file.portOf(hostname, this.#now());
      if (port !== undefined) this.#force(hostname, port);
    }
    return this.#address;
  }

  /** TLS is used because the server said so: then a certificate that nobody confirms is no first contact, but an error. */
  get isForced(): boolean {
    return this.#isForced;
  }

  /** The server has sent its policy; true when the connection must be closed and opened anew with TLS. */
  onPolicy(value: string, isSecure: boolean): boolean {
    const { port, durationMs } = parseSts(value);
    const { hostname, port: ownPort } = new URL(this.#address);
    if (!isSecure) {
      if (port === undefined) return false;
      this.#force(hostname, port);
      return true;
    }
    if (durationMs === undefined) return false;
    this.#durationMs = durationMs;
    this.#file.save(hostname, Number(ownPort || 6697), durationMs, this.#now());
    return false;
  }

  /** The connection has ended: the duration counts from now. */
  onDisconnect(): void {
    if (!this.#durationMs) return;
    const { hostname, port } = new URL(this.#address);
    this.#file.save(hostname, Number(port || 6697), this.#durationMs, this.#now());
  }

  #force(hostname: string, port: number): void {
    this.#address = `ircs://${hostname}:${port}`;
    this.#isForced = true;
  }
}
