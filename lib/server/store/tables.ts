/** The small tables of the store, each with one kind of rows. History and its index are in files of their own. */
import type { Clock } from "../../irc/clock.ts";
import { AccountTable } from "./accounts.ts";
import { AuditTable } from "./audit.ts";
import { ChannelTable } from "./channels.ts";
import type { Database } from "./database.ts";
import { ReadMarkers } from "./read_markers.ts";
import { SavedValues } from "./saved_values.ts";
import { UploadTable } from "./uploads.ts";

/** The small tables. */
export interface Tables {
  readonly accounts: AccountTable;
  readonly audit: AuditTable;
  readonly channels: ChannelTable;
  readonly files: UploadTable;
  readonly markers: ReadMarkers;
  readonly savedValues: SavedValues;
}

/** Prepares the statements of all small tables. */
export function openTables(
  database: Database,
  { clock, auditKeepMs }: { clock: Clock; auditKeepMs: number },
): Tables {
  return {
    accounts: new AccountTable(database),
    audit: new AuditTable(database, clock, auditKeepMs),
    channels: new ChannelTable(database),
    files: new UploadTable(database),
    markers: new ReadMarkers(database),
    savedValues: new SavedValues(database),
  };
}
