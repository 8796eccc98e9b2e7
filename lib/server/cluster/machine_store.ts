/**
 * What one of many machines keeps between its runs, and what it takes over from another: the tables of the store, who is
 * present, and the place in the stream they stand for. All but history is small and goes whole, history in pages.
 *
 * Who is present is kept too, now and then. When all machines were down, the first to start goes on from what it kept and
 * applies the stream from there: so it knows who said what it missed. What its history has already happens a second time
 * without leaving a trace in it.
 */
import type { ChatState } from "../chat/chat.ts";
import type { Store } from "../store/store.ts";
import type { StoreState, TransferPage } from "../store/transfer.ts";
import type { Joined, Position } from "./replica.ts";
import { type Snapshot, takeSnapshot } from "./snapshot.ts";

/** What one machine gives another to start from. */
export interface Shared {
  /** Another version may apply the same events otherwise. */
  readonly version: string;
  readonly store: StoreState;
  readonly present: Snapshot;
}

/** Where a machine goes on from. */
export interface Start {
  readonly position: Position;
  readonly present: Snapshot;
}

/** A start as it is saved. */
type SavedStart = Shared & { readonly position: Position };

/** Keepsakes that are this machine's alone: the place in the stream the store stands for, and what was kept for a start. */
const positionName = "stream position";
const startName = "stream start";
/** Which chat the store is of. */
const chatName = "chat";
/** Secrets that all machines must have alike before one asks. */
const sharedSecrets = [chatName, "cloaks", "tokens", "decoys"];

/** All that is shared, at this moment. */
export function sharedState(chat: ChatState, store: Store): Shared {
  return { version: chat.version, store: store.transfer().state(isOwn), present: takeSnapshot(chat) };
}

function isOwn(keepsake: string): boolean {
  return keepsake === positionName || keepsake === startName;
}

/** Makes the secrets that are not there yet. */
export function makeSecrets(store: Store): void {
  for (const name of sharedSecrets) store.savedValues.secret(name);
  store.commit();
}

/** The place in the stream that the store stands for. */
export function ownPosition(store: Store): Position {
  const [sequence = 0, last = 0, stream = ""] = store.savedValues.find(positionName)?.split(" ") ?? [];
  const newest = Math.max(Number(last), store.history.newestStamp);
  return { sequence: Number(sequence), last: newest, stream };
}

/** To be called with each event, in the same tick: both are saved, or neither is. */
export function savePosition(store: Store, { sequence, last, stream }: Position): void {
  store.savedValues.save(positionName, `${sequence} ${last} ${stream}`);
}

/** Keeps what is shared for a start without another machine. */
export function saveStart(chat: ChatState, store: Store, position: Position): void {
  const shared = sharedState(chat, store);
  // Markers move on only: they need not be as they were.
  const start: SavedStart = {
    ...shared,
    store: { ...shared.store, markers: [] },
    position,
  };
  store.savedValues.save(startName, JSON.stringify(start));
}

/**
 * Makes the store what it was when saveStart() was called, but for its history; undefined when that is of another stream, or
 * of another version, which can apply the same events otherwise.
 * Nothing is saved until the events since then are applied and Database.release() is called.
 */
export function takeStart(store: Store, stream: string, version: string): Start | undefined {
  const text = store.savedValues.find(startName);
  if (text === undefined) return undefined;
  const { version: savedBy, position, present, store: state }: SavedStart = JSON.parse(text);
  if (savedBy !== version || position.stream !== stream) return undefined;
  store.database.hold();
  store.history.skipUntil(ownPosition(store).last);
  store.transfer().restoreState(state, isOwn);
  return { position, present };
}

/** Makes the store what another machine's is. Throws an Error with a sentence when that is of another chat or version. */
export async function takeStore(
  store: Store,
  { state, position, page }: Joined,
  version: string,
): Promise<Start> {
  const { version: theirs, store: shared, present } = state as Shared;
  if (theirs !== version) {
    throw new Error(
      `Cannot join the other machines: they are ${theirs}, and this is ${version}; stop all of them to change the version`,
    );
  }
  const after = store.history.newestStamp;
  if (after > 0 && store.savedValues.find(chatName) !== new Map(shared.keepsakes).get(chatName)) {
    throw new Error(
      "Cannot join the other machines: the data folder has another chat; start with an empty one",
    );
  }
  const transfer = store.transfer();
  transfer.takeState(shared, position.last);
  let from: number | undefined;
  do {
    const found = await page({ after, from }) as TransferPage;
    const newest = transfer.takePage(found, position.last);
    from = newest > position.last ? undefined : found.next;
  } while (from !== undefined);
  transfer.takeErasures(shared);
  savePosition(store, position);
  store.commit();
  return { position, present };
}
