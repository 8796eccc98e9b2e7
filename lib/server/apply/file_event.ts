/** What can happen to shared files; a part of event.ts. */
import type { FileRow } from "../store/uploads.ts";

/** A file came, or files went. */
export type FileEvent =
  | { readonly kind: "file added"; readonly file: FileRow }
  | { readonly kind: "files removed"; readonly ids: readonly string[] };
