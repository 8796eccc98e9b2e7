/** The events of shared files; a part of event.ts. */
import type { UploadRow } from "../store/uploads.ts";

/** A file was added, or files were removed. */
export type FileEvent =
  | { readonly kind: "file added"; readonly file: UploadRow }
  | { readonly kind: "files removed"; readonly ids: readonly string[] };
