/** What can happen to shared files; a part of event.ts. */
import type { UploadRow } from "../store/uploads.ts";

/** A file came, or files went. */
export type FileEvent =
  | { readonly kind: "file added"; readonly file: UploadRow }
  | { readonly kind: "files removed"; readonly ids: readonly string[] };
