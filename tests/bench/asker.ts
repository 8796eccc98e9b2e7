/** A client that asks and counts the answer: it keeps only the lines that the caller waits for. */
import { password } from "./large_data.ts";

const caps =
  "batch message-tags server-time draft/chathistory draft/multiline draft/message-redaction draft/read-marker " +
  "soju.im/search standard-replies";
const encoder = new TextEncoder();

/** One connection. */
export class Asker {
  /** The lines that have arrived. */
  lines = 0;
  /** The last line that is no PONG. */
  last = "";
  /** Called with each line. @default {nothing happens} */
  onLine: ((line: string) => void) | undefined;
  readonly #socket: Deno.TcpConn;
  #text = "";
  #awaited:
    | { words: readonly string[]; found: (line: string) => void; failed: (error: Error) => void }
    | undefined;
  #asked = 0;

  constructor(socket: Deno.TcpConn) {
    this.#socket = socket;
    void this.#read();
  }

  /** Connects and registers; with an account it logs in, and has its name. */
  static async enter(port: number, nick: string, { account }: { account?: string } = {}): Promise<Asker> {
    const socket = await Deno.connect({ hostname: "127.0.0.1", port });
    socket.setNoDelay(true);
    const asker = new Asker(socket);
    const wish = account === undefined ? caps : `${caps} sasl`;
    await asker.until(`CAP REQ :${wish}\r\nNICK ${nick}\r\nUSER u 0 * :R`, " ACK ", " NAK ");
    if (account !== undefined) {
      await asker.until("AUTHENTICATE PLAIN", "AUTHENTICATE +");
      await asker.until(`AUTHENTICATE ${btoa(`${account}\0${account}\0${password}`)}`, " 903 ", " 904 ");
    }
    await asker.until("CAP END", " 376 ", " 422 ");
    return asker;
  }

  /** Sends lines; resolves to the first line with one of the words. */
  until(text: string, ...words: string[]): Promise<string> {
    const found = new Promise<string>((resolve, reject) =>
      this.#awaited = { words, found: resolve, failed: reject }
    );
    this.say(text);
    return found;
  }

  /** Sends lines; resolves to the number of lines before the answer to a PING behind them. */
  async ask(...lines: string[]): Promise<string> {
    const before = this.lines;
    const token = `t${this.#asked++}`;
    await this.until([...lines, `PING ${token}`].join("\r\n"), `PONG`);
    return `${this.lines - before - 1} lines; ${this.last.slice(0, 70)}`;
  }

  say(text: string): void {
    void this.#write(encoder.encode(`${text}\r\n`)).catch(() => {});
  }

  close(): void {
    try {
      this.#socket.close();
    } catch {
      // The server closed it.
    }
  }

  async #write(bytes: Uint8Array): Promise<void> {
    for (let sent = 0; sent < bytes.length;) sent += await this.#socket.write(bytes.subarray(sent));
  }

  async #read(): Promise<void> {
    const buffer = new Uint8Array(65_536);
    const decoder = new TextDecoder();
    try {
      for (;;) {
        const read = await this.#socket.read(buffer);
        if (read === null) break;
        this.#text += decoder.decode(buffer.subarray(0, read), { stream: true });
        const lines = this.#text.split("\r\n");
        this.#text = lines.pop() ?? "";
        for (const line of lines) this.#take(line);
      }
    } catch {
      // Closed by close().
    }
    this.#awaited?.failed(new Error(`the connection ended after: ${this.last}`));
  }

  #take(line: string): void {
    this.lines++;
    this.onLine?.(line);
    if (line.startsWith("PING ")) return this.say(`PONG ${line.slice(5)}`);
    if (!line.includes(" PONG ")) this.last = line;
    const awaited = this.#awaited;
    if (!awaited?.words.some((word) => line.includes(word))) return;
    this.#awaited = undefined;
    awaited.found(line);
  }
}
