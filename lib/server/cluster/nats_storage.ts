/**
 * Asks NATS once a minute how much it holds, for /metrics. It warns operators before the limit of the account is reached,
 * and when files cannot be stored. NATS tells nobody how full its disk is: watch that on its host.
 */
import type { StorageFigures } from "../hub/bus.ts";
import type { NatsFiles } from "./nats_files.ts";
import type { NatsStream } from "./nats_stream.ts";

/** The parts that the watch uses. */
export interface NatsStorageOptions {
  readonly stream: Pick<NatsStream, "figures" | "account">;
  readonly files: Pick<NatsFiles, "bytes">;
  readonly isUp: () => boolean;
  readonly onProblem: (sentence: string) => void;
}

const intervalMs = 60_000;
/** Operators are warned when this share of the account's limit is used, and again after it was lower. */
const warnShare = 0.9;

/** The watch over the storage of NATS; it asks until close(). */
export class NatsStorage {
  readonly #options: NatsStorageOptions;
  readonly #timer: ReturnType<typeof setInterval>;
  #filesBytes = 0;
  #accountBytes = 0;
  #accountMaxBytes = 0;
  #warned = { files: false, account: false };

  constructor(options: NatsStorageOptions) {
    this.#options = options;
    this.#timer = setInterval(() => void this.look(), intervalMs);
    void this.look();
  }

  /** As of the last look. */
  get figures(): StorageFigures {
    const { bytes, maxBytes } = this.#options.stream.figures;
    return {
      eventsBytes: bytes,
      eventsMaxBytes: maxBytes,
      filesBytes: this.#filesBytes,
      accountBytes: this.#accountBytes,
      accountMaxBytes: this.#accountMaxBytes,
    };
  }

  close(): void {
    clearInterval(this.#timer);
  }

  /** Asks now; never rejects. */
  async look(): Promise<void> {
    if (!this.#options.isUp()) return;
    await this.#lookAtFiles();
    await this.#lookAtAccount().catch(() => {});
  }

  async #lookAtFiles(): Promise<void> {
    const { files, isUp, onProblem } = this.#options;
    try {
      this.#filesBytes = await files.bytes();
      this.#warned.files = false;
    } catch (error) {
      // While the bus is not up, operators know why.
      if (this.#warned.files || !isUp()) return;
      this.#warned.files = true;
      onProblem(`Files cannot be shared: ${error instanceof Error ? error.message : error}`);
    }
  }

  async #lookAtAccount(): Promise<void> {
    const { stream, onProblem } = this.#options;
    const { bytes, maxBytes } = await stream.account();
    this.#accountBytes = bytes;
    this.#accountMaxBytes = maxBytes;
    const isNearlyFull = maxBytes > 0 && bytes > maxBytes * warnShare;
    if (isNearlyFull && !this.#warned.account) {
      const megabytes = [bytes, maxBytes].map((count) => Math.round(count / 1024 ** 2));
      onProblem(
        `The account of NATS is nearly full: ${megabytes[0]} of ${
          megabytes[1]
        } MiB. Raise its max_file, or lower --upload-total`,
      );
    }
    this.#warned.account = isNearlyFull;
  }
}
