/**
 * The uploads that run now. Each has an end: its mean speed must be high enough, and it stops when its sender is banned
 * or suspended. HttpSocket closes a connection that sends nothing.
 */
import { deadlines } from "../../deadlines.ts";
import type { Chat } from "../chat/chat.ts";
import type { Uploader } from "../chat/upload_token.ts";
import { UploadRefusal } from "./upload_folder.ts";
import { refusalToSend } from "./upload_owner.ts";

/** The lowest mean speed after deadlines.uploadGraceMs: 1 GiB has 18 hours. */
const bytesPerSecond = 16_384;
const checkMs = 1_000;

/** One running upload. */
export interface RunningUpload {
  readonly sender: Uploader;
  readonly address: string;
  readonly content: AsyncIterator<Uint8Array>;
  /** Gets the number of bytes so far; it can refuse more by throwing. */
  readonly onArrived: (bytes: number) => void;
}

interface Watched extends RunningUpload {
  readonly startMs: number;
  bytes: number;
  refusal?: UploadRefusal;
  /** Ends the read that waits for the sender. */
  stopReading: (refusal: UploadRefusal) => void;
}

/** All running uploads of this machine. */
export class RunningUploads {
  readonly #chat: Chat;
  readonly #running = new Set<Watched>();
  #checking: ReturnType<typeof setInterval> | undefined;

  constructor(chat: Chat) {
    this.#chat = chat;
  }

  /**
   * The content of an upload that begins now, until it is complete or its end comes; then reading throws an
   * UploadRefusal.
   */
  watch(upload: RunningUpload): AsyncGenerator<Uint8Array> {
    const startMs = this.#chat.clock.monotonic();
    return this.#read({ ...upload, startMs, bytes: 0, stopReading: () => {} });
  }

  async *#read(watched: Watched): AsyncGenerator<Uint8Array> {
    this.#running.add(watched);
    this.#checking ??= setInterval(() => this.check(), checkMs);
    try {
      for (;;) {
        const next = await read(watched);
        if (next.done) return;
        watched.bytes += next.value.length;
        watched.onArrived(watched.bytes);
        yield next.value;
      }
    } finally {
      this.#running.delete(watched);
      if (this.#running.size === 0) {
        clearInterval(this.#checking);
        this.#checking = undefined;
      }
    }
  }

  /** Ends the uploads that are too slow, or whose sender cannot send files any more. */
  check(): void {
    const nowMs = this.#chat.clock.monotonic();
    for (const watched of this.#running) {
      const { sender, address, startMs, bytes } = watched;
      const lateMs = nowMs - startMs - deadlines.uploadGraceMs;
      const refusal = refusalToSend(this.#chat, sender, address);
      if (refusal !== undefined) end(watched, refusal);
      else if (lateMs > 0 && bytes < bytesPerSecond * lateMs / 1000) {
        end(watched, new UploadRefusal(408, "The file arrives too slowly; try again on a faster connection"));
      }
    }
  }
}

/** The next bytes. A race with one promise for the whole upload would keep all bytes in memory until its end. */
function read(watched: Watched): Promise<IteratorResult<Uint8Array>> {
  return new Promise((resolve, reject) => {
    if (watched.refusal !== undefined) return reject(watched.refusal);
    watched.stopReading = reject;
    watched.content.next().then(resolve, reject);
  });
}

function end(watched: Watched, refusal: UploadRefusal): void {
  watched.refusal = refusal;
  watched.stopReading(refusal);
}
