/** Warns the log and the operators when something is nearly full that people fill: history, accounts, channels. */
import type { ChatState } from "../chat/chat.ts";
import { countAllRegistered } from "../chat/registered_channel.ts";
import { notifyOperators } from "../render/operator_notice.ts";

/** The share of a limit at which a warning comes, and the one below which the next warning is possible. */
const warnShare = 0.8;
const calmShare = 0.75;
/** The time between two checks: they count rows. */
const checkMs = 30_000;

/** How full something is. */
interface Fill {
  readonly used: number;
  /** 0 means no limit. */
  readonly limit: number;
  readonly sentence: (used: number, limit: number) => string;
}

/** Watches the limits of a chat. */
export class FillWatch {
  readonly #chat: ChatState;
  readonly #told = new Set<string>();
  #nextMs = -Infinity;

  constructor(chat: ChatState) {
    this.#chat = chat;
  }

  /** Call it every few seconds. */
  update(): void {
    const chat = this.#chat;
    const now = chat.clock.monotonic();
    if (now < this.#nextMs) return;
    this.#nextMs = now + checkMs;
    for (const [name, { used, limit, sentence }] of Object.entries(fillsOf(chat))) {
      const share = limit === 0 ? 0 : used / limit;
      if (share < calmShare) this.#told.delete(name);
      if (share < warnShare || this.#told.has(name)) continue;
      this.#told.add(name);
      notifyOperators(chat, sentence(used, limit), chat.stampNow(), "error");
    }
  }
}

function fillsOf(chat: ChatState): Readonly<Record<string, Fill>> {
  const { bytes = 0, limitBytes = 0 } = chat.store?.historyFill ?? {};
  const { accountsTotal, channelsTotal } = chat.settings;
  return {
    history: {
      used: bytes,
      limit: limitBytes,
      sentence: (used, limit) =>
        `The history has ${formatSize(used)} of ${
          formatSize(limit)
        }; when it is full, the largest conversations lose ` +
        "their oldest messages. Raise --history-total, or lower --keep-for or --keep-messages",
    },
    accounts: {
      used: chat.accounts.count(),
      limit: accountsTotal,
      sentence: (used, limit) =>
        `There are ${used} accounts of at most ${limit}; then nobody can register. Raise --accounts-total, or see ` +
        "whether somebody makes too many",
    },
    channels: {
      used: countAllRegistered(chat),
      limit: channelsTotal,
      sentence: (used, limit) =>
        `There are ${used} registered channels of at most ${limit}; then new ones are not registered. Raise ` +
        "--channels-total, or lower --channel-expiry",
    },
  };
}

/** "1.5 GiB". */
export function formatSize(bytes: number): string {
  const units = ["bytes", "KiB", "MiB", "GiB", "TiB"];
  const power = Math.min(units.length - 1, Math.floor(Math.log2(Math.max(1, bytes)) / 10));
  const value = bytes / 2 ** (10 * power);
  return `${value < 10 && power > 0 ? value.toFixed(1) : Math.round(value)} ${units[power]}`;
}
