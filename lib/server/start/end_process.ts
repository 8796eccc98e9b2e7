/** The end of the server: it closes the store, tells the losses, and ends the process with its exit code. */
import type { Database } from "../store/database.ts";
import type { Store } from "../store/store.ts";
import type { LogOutput } from "./log.ts";
import { exitCodes } from "./start_error.ts";

/** The longest wait for a reader of the log, before the server ends. */
export const flushMs = 500;

/** Closes the store and ends the process. `isShared`: other machines have the same data. */
export async function endProcess(
  store: Store,
  { isShared, output }: { isShared: boolean; output: LogOutput },
): Promise<never> {
  store.close();
  const loss = lossSentence(store.database, isShared);
  if (loss !== undefined) output.log("error", loss);
  await output.flush(flushMs);
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
