/**
 * A connection over a browser's WebSocket: one text frame per line (IRCv3 websocket); Parley sends many lines in a frame.
 * For clients only; the WebSockets of the server are in stream.ts. Browser-safe.
 */
import type { Line } from "../irc/lines.ts";
import type { Connection } from "./connection.ts";

/** The most unsent bytes in the browser before the connection is aborted. */
const maxUnsentBytes = 4 * 1024 * 1024;
/** The longest line accepted from a server: the maximum of tags and body, and a reserve. */
const maxLineLength = 32_768;

/** Opens a connection to "ws://…" or "wss://…"; rejects with one sentence if it fails. */
export function connectWebSocket(url: string, signal?: AbortSignal): Promise<Connection> {
  const socket = new WebSocket(url, ["lines.parley", "text.ircv3.net"]);
  return new Promise((resolve, reject) => {
    const give = () => reject(new Error(failureOf(new URL(url))));
    signal?.addEventListener("abort", () => socket.close(), { once: true });
    socket.onopen = () => resolve(new BrowserConnection(socket, url));
    socket.onerror = give;
    socket.onclose = give;
  });
}

/** A browser does not say why; only a page that it loads itself shows that the certificate is wrong. */
function failureOf({ host, protocol }: URL): string {
  const more = protocol === "wss:"
    ? ". If this lasts, load the page again: the browser then says whether the certificate is wrong"
    : "";
  return `Cannot reach ${host}${more}`;
}

class BrowserConnection implements Connection {
  readonly remote: string;
  readonly address: string;
  readonly secure: boolean;
  ended: string | undefined;
  readonly #socket: WebSocket;
  #lines: Line[] = [];
  #wake: (() => void) | undefined;

  constructor(socket: WebSocket, url: string) {
    const { host, hostname, protocol } = new URL(url);
    this.remote = host;
    this.address = hostname;
    this.secure = protocol === "wss:";
    this.#socket = socket;
    socket.onmessage = ({ data }) => this.#take(String(data));
    socket.onerror = () => this.#end("Connection lost");
    socket.onclose = () => this.#end("Connection closed");
  }

  async *lines(): AsyncGenerator<Line[]> {
    for (;;) {
      if (this.#lines.length > 0) {
        const lines = this.#lines;
        this.#lines = [];
        yield lines;
      } else if (this.ended !== undefined) {
        return;
      } else {
        await new Promise<void>((resolve) => this.#wake = resolve);
      }
    }
  }

  send(line: string): void {
    if (this.#socket.readyState !== WebSocket.OPEN) return;
    if (this.#socket.bufferedAmount > maxUnsentBytes) return this.abort();
    this.#socket.send(line);
  }

  close(): void {
    this.#end("Connection closed");
    this.#socket.close();
  }

  abort(): void {
    this.close();
  }

  #take(text: string): void {
    for (const line of text.split("\r\n")) {
      if (line !== "") this.#lines.push(line.length > maxLineLength ? { fault: "too long" } : line);
    }
    this.#wake?.();
  }

  #end(reason: string): void {
    this.ended ??= reason;
    this.#wake?.();
  }
}
