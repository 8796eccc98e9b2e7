/**
 * The state that one of many machines saves between its runs, or takes from another: the tables of the store, the users
 * and channels, and their position in the stream. History is transferred in pages, the other parts as a whole.
 *
 * Users and channels are saved from time to time. When all machines were down, the first machine to start restores its
 * saved start and applies the stream from there. It applies messages that its history already has, but does not store
 * them again.
 */
import { firstStamp } from "../../irc/stamp.ts";
import type { ChatState } from "../chat/chat.ts";
import type { Store } from "../store/store.ts";
import type { StoreState, TransferPage } from "../store/transfer.ts";
import type { Joined, Position } from "./replica.ts";
import { type Snapshot, snapshotFormat, takeSnapshot } from "./snapshot.ts";

/** The state that one machine gives to another. */
export interface SharedState {
  /** Another version can apply the same events in another way. */
  readonly version: string;
  readonly store: StoreState;
  readonly present: Snapshot;
}

/** The state with which a machine starts. */
export interface StartState {
  readonly position: Position;
  readonly present: Snapshot;
}

/** The stored form of a start. */
type SavedStart = SharedState & { readonly position: Position };

/** Saved values of this machine only: the position of the store in the stream, the saved start, and its run. */
const positionName = "stream position";
const startName = "stream start";
/** The last run of a machine with this data folder. A data folder has one user at a time, so an earlier run has ended. */
const runName = "machine";

/** For store/mend_times.ts: the saved start has stamps in the future, so this machine starts without it. */
export const positionMender = {
  [positionName](text: string, nowMs: number) {
    const [sequence, last, stream] = text.split(" ");
    return `${sequence} ${Math.min(Number(last), firstStamp(nowMs))} ${stream}`;
  },
  [startName]: () => undefined,
};

/** The chat that the store belongs to. */
const chatName = "chat";
/** Secrets that all machines must share. */
const sharedSecrets = [chatName, "cloaks", "tokens", "decoys"];

/** The shared state at this moment. */
export function sharedState(chat: ChatState, store: Store): SharedState {
  const transfer = store.transfer();
  const state = { ...transfer.state(isOwn), adopted: transfer.adopted(), audit: store.audit.all() };
  return { version: chat.version, store: state, present: takeSnapshot(chat) };
}

function isOwn(name: string): boolean {
  return name === positionName || name === startName || name === runName;
}

/** The run of a machine that had this data folder last; undefined for a new folder. */
export function findRun(store: Store): string | undefined {
  return store.savedValues.find(runName);
}

/** Saves the run of this machine. */
export function saveRun(store: Store, machine: string): void {
  store.savedValues.save(runName, machine);
}

/** Creates missing secrets. */
export function createSecrets(store: Store): void {
  for (const name of sharedSecrets) store.savedValues.secret(name);
  store.commit();
}

/** The position of the store in the stream. */
export function ownPosition(store: Store): Position {
  const [sequence = 0, last = 0, stream = ""] = store.savedValues.find(positionName)?.split(" ") ?? [];
  const newest = Math.max(Number(last), store.history.newestStamp);
  return { sequence: Number(sequence), last: newest, stream };
}

/** Saves the position. Call it with each event, in the same tick, so that both are saved or neither is. */
export function savePosition(store: Store, { sequence, last, stream }: Position): void {
  store.savedValues.save(positionName, `${sequence} ${last} ${stream}`);
}

/** Saves the shared state for a start without other machines. */
export function saveStart(chat: ChatState, store: Store, position: Position): void {
  const start: SavedStart = {
    version: chat.version,
    // Markers only move forward, so old ones are not needed.
    store: { ...store.transfer().state(isOwn), markers: [] },
    present: takeSnapshot(chat),
    position,
  };
  store.savedValues.save(startName, JSON.stringify(start));
}

/**
 * Restores the store to the last saveStart(), except its history. Undefined if the saved start belongs to another
 * stream or version; another version can apply the same events in another way. Nothing is saved until the later
 * events are applied and Database.releaseCommits() is called.
 */
export function restoreStart(store: Store, stream: string, version: string): StartState | undefined {
  const saved = findStart(store, version);
  if (saved === undefined || saved.position.stream !== stream) return undefined;
  const { position, present, store: state } = saved;
  store.database.holdCommits();
  store.history.skipUntil(ownPosition(store).last);
  store.transfer().restoreState(state, isOwn);
  return { position, present };
}

/** The position of the saved start; undefined if there is none for this version. */
export function startPosition(store: Store, version: string): Position | undefined {
  return findStart(store, version)?.position;
}

function findStart(store: Store, version: string): SavedStart | undefined {
  const text = store.savedValues.find(startName);
  if (text === undefined) return undefined;
  const saved: SavedStart = JSON.parse(text);
  return isReadable(saved.version, saved.present, version) ? saved : undefined;
}

/** Whether the program that wrote a snapshot is this one. Programs of one version can differ between two releases. */
function isReadable(writtenBy: string, { format }: Snapshot, version: string): boolean {
  return writtenBy === version && format === snapshotFormat;
}

/** The other machine was cut off, or ended, before it had given everything. */
export class BrokenTransfer extends Error {}

/**
 * Makes the store equal to the store of another machine. Throws a BrokenTransfer if that machine cannot give everything,
 * and an Error with a sentence if it has another chat or version.
 */
export async function copyStore(
  store: Store,
  { state, position, page }: Joined,
  version: string,
): Promise<StartState> {
  const { version: theirs, store: shared, present } = state as SharedState;
  if (!isReadable(theirs, present, version)) {
    const difference = theirs === version
      ? `another build of ${version}`
      : `${theirs}, and this is ${version}`;
    throw new Error(
      `Cannot join the other machines: they are ${difference}; stop all of them to change the version`,
    );
  }
  const after = store.history.newestStamp;
  if (after > 0 && store.savedValues.find(chatName) !== new Map(shared.keepsakes).get(chatName)) {
    throw new Error(
      "Cannot join the other machines: the data folder belongs to another chat; start with an empty data folder",
    );
  }
  const transfer = store.transfer();
  transfer.replaceState(shared, position.last);
  let from: number | undefined;
  do {
    const found = await page({ after, from }).catch(({ message }) => {
      throw new BrokenTransfer(message);
    }) as TransferPage;
    const newest = transfer.appendPage(found, position.last);
    // All history would wait in memory.
    if (store.database.failing) {
      throw new Error(
        "Cannot join the other machines: their history cannot be saved, because the disk is full or fails; make space",
      );
    }
    from = newest > position.last ? undefined : found.next;
  } while (from !== undefined);
  // An attempt that failed can have stored later events, which are applied again.
  store.history.skipStored(store.history.newestStamp);
  transfer.applyAdopted(shared);
  transfer.applyErasures(shared);
  savePosition(store, position);
  store.commit();
  return { position, present };
}
