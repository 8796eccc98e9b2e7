/**
 * A machine whose disk is full for a long time drops records that the other machines have. When its disk has space, the
 * machine joins again and gets them: its people connect again, and nothing is missing. Until then it saves no position
 * after the dropped records, and gives no other machine its data.
 */
import type { Store } from "../store/store.ts";

/** The parts of the bus that it uses. */
export interface RefillBus {
  /** Gives no other machine data of this one. */
  withdraw(): void;
  /** Gives data to other machines again. */
  serve(): void;
  /** Joins again; false if no other machine is ready. */
  rejoin(): Promise<boolean>;
}

/** After so many attempts no other machine has the records. */
const maxAttempts = 15;

/** Watches the history of one machine. */
export class Refill {
  readonly #store: Store;
  readonly #bus: RefillBus;
  readonly #log: (level: "info" | "error", text: string) => void;
  #attempts = 0;
  #isWithdrawn = false;
  #isTrying = false;

  constructor(store: Store, bus: RefillBus, log: (level: "info" | "error", text: string) => void) {
    this.#store = store;
    this.#bus = bus;
    this.#log = log;
    store.history.canRefill = true;
  }

  /** Call it every few seconds. */
  sweep(): void {
    const { history, database } = this.#store;
    if (!history.isCut) {
      this.#isWithdrawn = false;
      return;
    }
    if (!this.#isWithdrawn) {
      this.#bus.withdraw();
      this.#log(
        "error",
        "The disk is full for too long: the history of this machine is not complete until it has space",
      );
    }
    this.#isWithdrawn = true;
    if (database.failing || this.#isTrying) return;
    this.#isTrying = true;
    this.#try().finally(() => this.#isTrying = false);
  }

  async #try(): Promise<void> {
    if (await this.#bus.rejoin().catch(() => false)) {
      this.#attempts = 0;
      this.#log(
        "info",
        "The disk has space: this machine gets the history that it could not save from the others",
      );
      return;
    }
    if (++this.#attempts < maxAttempts) return;
    this.#attempts = 0;
    this.#store.history.endCut({ isRefilled: false });
    this.#bus.serve();
    this.#log("error", "No other machine has the history that this one could not save: it is lost");
  }
}
