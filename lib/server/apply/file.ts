/** Apply, for shared files: which there are. Their content travels by lib/server/web. */
import type { FileEvent } from "./file_event.ts";
import type { Hub } from "../hub/hub.ts";

/** Saves or removes the row of a file. */
export function applyFileEvent(hub: Hub, event: FileEvent): undefined {
  switch (event.kind) {
    case "file added":
      hub.store?.files.save(event.file);
      return;
    case "files removed":
      for (const id of event.ids) hub.store?.files.remove(id);
      return;
    default:
      return event satisfies never;
  }
}
