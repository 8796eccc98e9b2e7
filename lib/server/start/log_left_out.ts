/** Entries that the log left out, counted by kind and by address, until a summary takes them. */
import type { LogEntryName, LogFields, LogValue } from "../chat/log_entries.ts";

/** Different addresses that are counted; further ones count in the sum only. */
const maxAddresses = 1000;
/** Addresses that a summary names. */
const named = 5;

interface Counts {
  all: number;
  readonly byAddress: Map<string, number>;
}

/** The counts since the last summary. */
export class LeftOut {
  #counts = new Map<LogEntryName, Counts>();

  /** Counts an entry. */
  add(name: LogEntryName, address: LogValue): void {
    let counts = this.#counts.get(name);
    if (counts === undefined) this.#counts.set(name, counts = { all: 0, byAddress: new Map() });
    counts.all++;
    if (typeof address !== "string") return;
    const count = counts.byAddress.get(address);
    if (count !== undefined || counts.byAddress.size < maxAddresses) {
      counts.byAddress.set(address, (count ?? 0) + 1);
    }
  }

  /** The fields of one summary for each kind; the counts begin again. */
  take(): LogFields<"entries left out">[] {
    const counts = this.#counts;
    this.#counts = new Map();
    return [...counts].map(([entry, { all, byAddress }]) => {
      const most = [...byAddress].sort(([, one], [, other]) => other - one).slice(0, named);
      const addresses = most.map(([address, count]) => `${address} ${count}`).join(", ");
      return { entry, count: all, ...(addresses !== "" && { addresses }) };
    });
  }
}
