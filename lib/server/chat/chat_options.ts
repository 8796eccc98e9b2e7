/** The options of a chat: what the server gives it at its start. */
import type { Clock } from "../../irc/clock.ts";
import type { Verifier } from "../../irc/scram.ts";
import type { Settings } from "../settings/settings.ts";
import type { Store } from "../store/store.ts";
import type { Log, LogEntry } from "./log_entries.ts";

/** Files that can be read again while the server runs (REHASH). */
export interface ReloadableFiles {
  /** Lines of the message of the day. @default {none} */
  readonly motd?: readonly string[];
  /** The password of the server, for PASS. @default {none} */
  readonly password?: string | undefined;
  /** The operators that OPER knows: verifiers by name. @default {none} */
  readonly operators?: ReadonlyMap<string, Verifier>;
}

/** The options of a chat. */
export interface ChatOptions extends ReloadableFiles {
  readonly settings: Settings;
  /** @default {nothing is stored} */
  readonly store?: Store;
  /** Hides addresses (cloak.ts): the same key, the same cloaks. @default {the store's key, or a random one} */
  readonly cloakKey?: Uint8Array;
  /** "parley-1.2.3", for VERSION. @default {"parley"} */
  readonly version?: string;
  /** @default {a clock of the next two} */
  readonly clock?: Clock;
  /** Milliseconds since 1970. @default {Date.now} */
  readonly now?: () => number;
  /** Milliseconds since any moment; never jumps. @default {performance.now} */
  readonly monotonic?: () => number;
  /** Resolves after so many milliseconds. @default {setTimeout} */
  readonly sleep?: (ms: number) => Promise<void>;
  /** @default {there is no log} */
  readonly log?: Log;
  /** @default {there is no log} */
  readonly logEntry?: LogEntry;
  /** The prefix of user and session ids, so that no two machines create the same id. @default {""} */
  readonly machine?: string;
  /** The TLS port, once it is open; clients that ask for it are sent there (STS). @default {none} */
  readonly tlsPort?: () => number | undefined;
  /** The URL of the page with a slash at its end, once it is open. @default {none} */
  readonly webUrl?: () => string | undefined;
  /** The URL that takes uploads, once it is open. @default {none} */
  readonly uploadUrl?: () => string | undefined;
}
