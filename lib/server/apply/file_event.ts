/** The events of shared files; a part of event.ts. */
import type { FileLimits } from "../chat/upload_limits.ts";
import type { UploadRow } from "../store/uploads.ts";

/** A file was added, or files were removed. */
export type FileEvent =
  | {
    readonly kind: "file added";
    readonly file: UploadRow;
    /** The limits at the machine that received it. @default {none} */
    readonly limits?: FileLimits;
  }
  | {
    readonly kind: "files removed";
    readonly ids: readonly string[];
    /** The nick of an operator, and the owner of the files that are not the operator's own. */
    readonly by?: string;
    readonly owner?: string;
  };
