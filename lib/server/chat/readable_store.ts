/** The read-only view of the store for commands: its functions that read and copy, without those that write. */
import type { AuditTable } from "../store/audit.ts";
import type { ClosedHistory } from "../store/closed_history.ts";
import type { Conversations } from "../store/conversation.ts";
import type { Database } from "../store/database.ts";
import type { Deletions } from "../store/deletions.ts";
import type { History } from "../store/history.ts";
import type { ReadMarkers } from "../store/read_markers.ts";
import type { SavedValues } from "../store/saved_values.ts";
import type { Store } from "../store/store.ts";
import type { UploadTable } from "../store/uploads.ts";

/** A store, to be read. */
export interface ReadableStore extends Pick<Store, "search" | "export" | "backup" | "historyFill"> {
  readonly audit: Pick<AuditTable, "page">;
  readonly conversations: Pick<
    Conversations,
    "channel" | "find" | "formerlyKnownAs" | "idsBetween" | "keyOf" | "knownAs" | "privateOf"
  >;
  readonly closed: Pick<ClosedHistory, "periodsOf">;
  readonly database: Pick<Database, "read" | "failing" | "isFull" | "unsavedBytes" | "records">;
  readonly deletions: Pick<Deletions, "read">;
  readonly files: Pick<
    UploadTable,
    | "find"
    | "ofOwner"
    | "olderThan"
    | "page"
    | "sumOfOrigin"
    | "sumOfOwner"
    | "totalBytes"
    | "unsharedOfGuests"
  >;
  readonly history: Pick<History, "isOpen" | "read" | "readInSteps" | "find" | "presentStamp">;
  readonly markers: Pick<ReadMarkers, "load">;
  readonly savedValues: Pick<SavedValues, "find">;
}
