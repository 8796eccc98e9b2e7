/** Two machines in this process that share one order of events, as machines on a network would. */
import type { Apply, Bus } from "../../lib/server/hub/bus.ts";
import { allCommands } from "../../lib/server/commands/all.ts";
import type { Event } from "../../lib/server/apply/event.ts";
import { ChatState } from "../../lib/server/chat/chat.ts";
import { Hub } from "../../lib/server/hub/hub.ts";
import { settingRows } from "../../lib/server/settings/settings.ts";
import { nextStamp } from "../../lib/irc/stamp.ts";
import { encodeLine } from "../../lib/net/encode.ts";
import { parseOptions } from "../../lib/options.ts";
import type { Store } from "../../lib/server/store/store.ts";

/** Gives each machine every event in one order, after the commit and as JSON. */
class SharedBus {
  readonly #machines: Apply<Event>[] = [];
  #last = 0;
  #tail = Promise.resolve();

  /** One machine's end. */
  end(now: () => number): Bus<Event> {
    return {
      subscribe: (apply) => void this.#machines.push(apply),
      commit: (event, by) =>
        this.#tail = this.#tail.then(() => this.#deliver(JSON.stringify(event), by, now())),
      close: () => Promise.resolve(),
    };
  }

  #deliver(text: string, by: string, nowMs: number): void {
    this.#last = nextStamp(this.#last, nowMs);
    for (const apply of this.#machines) apply(JSON.parse(text), this.#last, by);
  }
}

/** One machine: its hub, and the state the hub holds. */
export interface Machine {
  readonly hub: Hub;
  readonly chat: ChatState;
  readonly commit: Hub["commit"];
}

/** Two machines; each with a store of its own where stores are given. Their clocks differ by seven seconds. */
export function startMachines(stores: readonly [Store?, Store?] = []): [Machine, Machine] {
  const parsed = parseOptions(settingRows, [], {});
  if ("fault" in parsed) throw new RangeError(parsed.fault);
  const settings = { ...parsed.values, name: "chat.test", flood: 0, passwordRounds: 4096 };
  const bus = new SharedBus();
  const cloakKey = new Uint8Array(32);
  const start = (machine: string, lag: number, store: Store | undefined) => {
    // Their clocks differ, which must not matter.
    const now = () => Date.UTC(2026, 10, 23) + lag;
    const chat = new ChatState({ settings, ...(store && { store }), machine, cloakKey, now });
    const hub = new Hub({ chat, commands: allCommands, bus: bus.end(now), encode: encodeLine });
    return { hub, chat, commit: hub.commit };
  };
  return [start("a-", 0, stores[0]), start("b-", 7000, stores[1])];
}
