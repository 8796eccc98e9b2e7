/** The end of the server: it closes the store, tells the losses, and ends the process with its exit code. */
import type { Log } from "../chat/chat.ts";
import type { Database } from "../store/database.ts";
import type { Store } from "../store/store.ts";
import { exitCodes } from "./start_error.ts";

/** Closes the store and ends the process. `isShared`: other machines have the same data. */
export function endProcess(store: Store, { isShared, log }: { isShared: boolean; log: Log }): never {
  store.close();
  const loss = lossSentence(store.database, isShared);
  if (loss !== undefined) log("error", loss);
  Deno.exit(loss !== undefined || store.isLost ? exitCodes.unsaved : 0);
}

/** The sentence about rows that a closed database could not save; undefined if it has saved everything. */
export function lossSentence(
  { failing, unsavedBytes, records, lostSinceFailure }: Pick<
    Database,
    "failing" | "unsavedBytes" | "records" | "lostSinceFailure"
  >,
  isShared: boolean,
): string | undefined {
  if (!failing) return undefined;
  const end = isShared ? "this machine gets them from the others when it starts" : "are lost";
  const count = records.unsaved + lostSinceFailure;
  if (count > 0) return `${count} messages and events could not be saved, and ${end}`;
  // Rows that can be made again, such as those of the search index, have no bytes.
  return unsavedBytes > 0 ? `Deletions or other changes could not be saved, and ${end}` : undefined;
}
