/** A WebSocket with the interface of a line socket, for the load: it decodes received frames, and sends each line as a frame. */
import { FrameReader, framesOf, upgradeRequest } from "./frames.ts";
import type { LineSocket } from "./load_client.ts";

const readBytes = 64 * 1024;

/** Opens one; throws when the server does not switch protocols. */
export async function openFrames(port: number): Promise<LineSocket> {
  const socket = await Deno.connect({ hostname: "127.0.0.1", port });
  socket.setNoDelay(true);
  await socket.write(upgradeRequest);
  const frames = new FrameReader(readBytes);
  do {
    const count = await socket.read(frames.readBuffer);
    if (count === null) throw new Error(`Cannot open a WebSocket on port ${port}`);
    frames.received(count);
  } while (!frames.isUpgraded());
  return new FrameSocket(socket, frames);
}

class FrameSocket implements LineSocket {
  readonly #socket: Deno.TcpConn;
  readonly #frames: FrameReader;

  constructor(socket: Deno.TcpConn, frames: FrameReader) {
    this.#socket = socket;
    this.#frames = frames;
  }

  async read(into: Uint8Array): Promise<number | null> {
    for (;;) {
      const made = this.#frames.unpack(into);
      if (made > 0) return made;
      const count = await this.#socket.read(this.#frames.readBuffer);
      if (count === null) return null;
      this.#frames.received(count);
    }
  }

  async write(lines: Uint8Array): Promise<number> {
    const bytes = framesOf(lines);
    for (let sent = 0; sent < bytes.length;) sent += await this.#socket.write(bytes.subarray(sent));
    return lines.length;
  }

  close(): void {
    this.#socket.close();
  }
}
