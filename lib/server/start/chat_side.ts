/**
 * Opens the chat of the settings: its store, the other machines, the state and the hub. A failure is a StartError with
 * one sentence.
 */
import { encodeLine } from "../../net/encode.ts";
import type { Clock } from "../../irc/clock.ts";
import { stampMs } from "../../irc/stamp.ts";
import { ChatState } from "../chat/chat.ts";
import type { FileContents } from "../chat/file_contents.ts";
import { LocalBus } from "../cluster/local_bus.ts";
import { type JoinOptions, Machines } from "../cluster/machines.ts";
import { allCommands } from "../commands/all.ts";
import { Hub } from "../hub/hub.ts";
import type { Settings } from "../settings/settings.ts";
import { isFailure, reasonOf } from "../store/sqlite_errors.ts";
import { StoreError } from "../store/store_error.ts";
import { openStore, type Store } from "../store/store.ts";
import { grownSentences, namesakeWarning } from "./settings_check.ts";
import { readFiles, readPipes } from "./settings_files.ts";
import { checkClock, mendedSentence, startClock, valueMenders } from "./start_clock.ts";
import { exitCodes, StartError } from "./start_error.ts";
import { logConnectionErrors } from "./unhandled_errors.ts";

/** Values that do not exist yet when the chat is created; the chat asks for them while it runs. */
export interface OpenedLater {
  readonly tlsPort: () => number | undefined;
  readonly webUrl: () => string | undefined;
  readonly uploadUrl: () => string | undefined;
  readonly files: () => FileContents | undefined;
}

/** The options of the chat side. */
export interface ChatSideOptions {
  /** "parley-1.2.3" */
  readonly version: string;
  /** The settings that somebody set by hand. @default {all} */
  readonly given?: ReadonlySet<PropertyKey>;
  readonly log: ChatState["log"];
  /** @default {entries are not written} */
  readonly logEntry?: ChatState["logEntry"];
  readonly openedLater: OpenedLater;
}

/** An open chat. */
export interface ChatSide {
  readonly store: Store;
  readonly hub: Hub;
  /** Undefined if this is the only machine. */
  readonly machines: Machines | undefined;
}

/** The messages per conversation with --ephemeral and without --keep-messages. */
const ephemeralMessages = 10_000;
/** The bytes of all messages in memory. */
const ephemeralBytes = 256 * 1024 * 1024;

/** Opens the store, joins the other machines and starts the hub; rejects with a StartError. */
export async function openChat(settings: Settings, options: ChatSideOptions): Promise<ChatSide> {
  try {
    return await open(settings, options);
  } catch (error) {
    if (!isFailure(error)) throw error;
    const sentence = `Cannot use the database in "${settings.data}": ${reasonOf(error)}`;
    throw new StartError(sentence, exitCodes.unavailable);
  }
}

async function open(settings: Settings, options: ChatSideOptions): Promise<ChatSide> {
  const { version, log, openedLater } = options;
  logConnectionErrors(log);
  const files = await readFilesAtStart(settings);
  const clock = startClock();
  checkClock(clock, settings);
  const store = openData(settings, clock, options.given);
  // The hub replaces this; a machine that joins others works for some time before it has a hub.
  store.database.onProblem = (sentence) => log("error", sentence);
  if (store.history.newestStamp > 0) clock.continueFrom(stampMs(store.history.newestStamp));
  if (store.mended !== undefined) log("info", mendedSentence(store.mended));
  for (const sentence of grownSentences(settings, store)) log("info", sentence);
  const machines = settings.nats === undefined
    ? undefined
    : await joinCluster(settings, { store, clock }, options);
  const chat = new ChatState({
    ...files,
    settings,
    store,
    clock,
    log,
    ...(options.logEntry && { logEntry: options.logEntry }),
    version,
    ...(machines && { machine: machines.bus.machine }),
    tlsPort: openedLater.tlsPort,
    webUrl: openedLater.webUrl,
    uploadUrl: openedLater.uploadUrl,
  });
  const hub = new Hub({
    chat,
    commands: allCommands,
    bus: machines?.bus ?? new LocalBus({ last: store.history.newestStamp, now: chat.now }),
    encode: encodeLine,
    reread: () => readFiles(settings),
  });
  store.files.onRemoved = (id) => openedLater.files()?.onRemoved(id);
  await machines?.start({ chat, commit: hub.commit, files: openedLater.files }).catch(
    ({ message }: Error) => {
      throw new StartError(`Cannot join the other machines: ${message}`, exitCodes.unavailable);
    },
  );
  hub.checkClocks();
  const warning = namesakeWarning(chat);
  if (warning !== undefined) log("error", warning);
  return { store, hub, machines };
}

async function readFilesAtStart(settings: Settings): Promise<ChatState["files"]> {
  try {
    await readPipes(settings);
    return readFiles(settings);
  } catch (error) {
    throw new StartError((error as Error).message, exitCodes.usage);
  }
}

function openData(settings: Settings, clock: Clock, given: ChatSideOptions["given"]): Store {
  const { auditKeep, data, ephemeral, synchronous, keepFor, keepMessages, unsavedLimit, mendTimes } =
    settings;
  const { backupKeep, backups, historyEach, historyTotal } = settings;
  const totalBytes = ephemeral ? Math.min(historyTotal || Infinity, ephemeralBytes) : historyTotal;
  const count = keepMessages === 0 && ephemeral ? ephemeralMessages : keepMessages;
  const isDefault = (key: keyof Settings) => given?.has(key) === false;
  const defaults = new Set([
    ...(isDefault("historyTotal") ? ["total" as const] : []),
    ...(isDefault("historyEach") ? ["each" as const] : []),
  ]);
  try {
    return openStore({
      ...(!ephemeral && { folder: data }),
      synchronous,
      retention: { ageMs: keepFor, count, bytes: historyEach, totalBytes, defaults },
      auditKeepMs: auditKeep,
      copies: { ageMs: backupKeep, count: backups },
      unsavedLimit,
      clock,
      mend: mendTimes ? valueMenders : undefined,
    });
  } catch (error) {
    if (!(error instanceof StoreError)) throw error;
    throw new StartError(error.message, exitCodes.unavailable);
  }
}

/** Joins all servers on one NATS. Its code is loaded only here, so that a single server starts without it. */
async function joinCluster(
  settings: Settings,
  { store, clock }: { store: Store; clock: Clock },
  { version, log }: ChatSideOptions,
): Promise<Machines> {
  const { NatsBus } = await import("../cluster/nats_bus.ts");
  try {
    const connect: JoinOptions["connect"] = (options) => NatsBus.connect(options);
    return await Machines.join(settings, { connect, store, version, now: () => clock.settledNow(), log });
  } catch (error) {
    store.close();
    // The URL without its user name and password.
    const url = settings.nats?.replace(/(\/\/|^|,)[^@/,]*@/g, "$1");
    const message = (error as Error).message.replace(
      /^getaddrinfo E\w+ (\S+)$/,
      'the name "$1" is not found',
    );
    if (message.startsWith("Cannot join")) throw new StartError(message, exitCodes.unavailable);
    const advice = "; start nats-server first, or let a service manager restart this server";
    throw new StartError(
      `Cannot connect to "${url}": ${message}${/refused|timeout/i.test(message) ? advice : ""}`,
      exitCodes.unavailable,
    );
  }
}
