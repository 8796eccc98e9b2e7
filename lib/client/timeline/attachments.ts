/**
 * The files that wait above the message box until the person sends or removes them: one list for each buffer, shown as
 * cards. Nothing of a file leaves the browser before.
 */
/// <reference lib="dom" />
import { byId, element } from "../elements/element.ts";
import { icon } from "../elements/icon.ts";
import { toast } from "../elements/toast.ts";
import { fold, type Folded } from "../../irc/names.ts";
import { fileSize } from "../../irc/file_size.ts";
import { plain, plainName } from "../text/plain.ts";

/** More files do not fit above the message box. */
const maxFiles = 20;

/** The needs of the list. */
export interface AttachmentsParts {
  /** Why the server takes no files at all; "" when it does or when it is not known. */
  readonly refusal: () => string;
  /** The largest file that the server takes, in bytes; undefined when it is not known. */
  readonly maxBytes: () => Promise<number | undefined>;
  /** A file was removed, so the person writes on. */
  readonly onRemove: () => void;
}

/** A file and its card. */
interface Attachment {
  readonly file: File;
  readonly card: HTMLElement;
  /** The address of its picture in this page; undefined for other files. */
  readonly picture: string | undefined;
}

/** The files that wait. */
export class Attachments {
  readonly #parts: AttachmentsParts;
  readonly #waiting = new Map<Folded, readonly Attachment[]>();
  /** The active buffer, "" for none. */
  #buffer = "";

  constructor(parts: AttachmentsParts) {
    this.#parts = parts;
  }

  /** Another buffer becomes active; files from before the first buffer go with it. */
  set buffer(name: string) {
    if (this.#buffer === "" && name !== "") this.rename("", name);
    this.#buffer = name;
    this.#draw();
  }

  /** The files of the active buffer. */
  get files(): readonly File[] {
    return this.#here.map(({ file }) => file);
  }

  /** Whether a file waits in any buffer. */
  get areWaiting(): boolean {
    return this.#waiting.size > 0;
  }

  get #here(): readonly Attachment[] {
    return this.#waiting.get(fold(this.#buffer)) ?? [];
  }

  /** Adds files that can be read and are not too large; says why others cannot be sent. */
  add(added: readonly File[]): void {
    const refusal = this.#parts.refusal();
    if (refusal !== "") return toast(refusal, "error");
    const known = this.files;
    const news = added.filter((file) => !known.some((other) => isSame(file, other)));
    const empty = news.filter(({ size }) => size === 0);
    if (empty.length > 0) {
      toast(
        `Cannot share ${namesOf(empty)}: ${
          empty.length === 1 ? "it is empty or cannot be read" : "they are empty or cannot be read"
        }`,
        "error",
      );
    }
    const whole = news.filter(({ size }) => size > 0);
    const fitting = whole.slice(0, maxFiles - known.length);
    if (fitting.length < whole.length) {
      toast(`Only ${maxFiles} files can be sent at once: pack the others into a zip file`, "error");
    }
    const attached = fitting.map((file) => this.#attach(file));
    this.#set(this.#buffer, [...this.#here, ...attached]);
    for (const attachment of attached) void this.#check(attachment);
  }

  /** Removes the files of the active buffer; false when there were none. */
  clear(): boolean {
    const removed = this.#here;
    for (const { picture } of removed) if (picture !== undefined) URL.revokeObjectURL(picture);
    this.#set(this.#buffer, []);
    return removed.length > 0;
  }

  /** The person of a conversation has another nick. */
  rename(from: string, to: string): void {
    const moved = this.#waiting.get(fold(from)) ?? [];
    if (fold(from) === fold(to) || moved.length === 0) return;
    if (fold(this.#buffer) === fold(from)) this.#buffer = to;
    this.#set(from, []);
    this.#set(to, [...this.#waiting.get(fold(to)) ?? [], ...moved]);
  }

  #attach(file: File): Attachment {
    const name = plain(file.name);
    const picture = file.type.startsWith("image/") ? pictureOf(file) : undefined;
    const attachment: Attachment = {
      file,
      picture,
      card: element(
        "li",
        { class: "attachment" },
        picture === undefined ? icon("file") : element("img", { src: picture, alt: "" }),
        element("span", { class: "attachment-name", title: name }, name),
        element("span", { class: "quiet" }, fileSize(file.size)),
        element(
          "button",
          {
            type: "button",
            "aria-label": `Remove ${name}`,
            title: "Remove",
            click: () => {
              this.#remove(attachment);
              this.#parts.onRemove();
            },
          },
          icon("close"),
        ),
      ),
    };
    return attachment;
  }

  /** A file can have been moved, can be a folder, or too large for the server. */
  async #check(attachment: Attachment): Promise<void> {
    const { file } = attachment;
    const why = await file.slice(0, 1).arrayBuffer().then(async () => {
      const maxBytes = await this.#parts.maxBytes();
      return maxBytes !== undefined && file.size > maxBytes
        ? `it has ${fileSize(file.size)}, and this server takes files up to ${fileSize(maxBytes)}`
        : "";
    }, () => "it cannot be read. If it is a folder, pack it into a zip file, and share that");
    if (why === "" || !this.#remove(attachment)) return;
    toast(`Cannot share ${namesOf([file])}: ${why}`, "error");
  }

  #remove(attachment: Attachment): boolean {
    for (const [buffer, waiting] of this.#waiting) {
      if (!waiting.includes(attachment)) continue;
      if (attachment.picture !== undefined) URL.revokeObjectURL(attachment.picture);
      this.#set(buffer, waiting.filter((other) => other !== attachment));
      return true;
    }
    return false;
  }

  #set(buffer: string, waiting: readonly Attachment[]): void {
    if (waiting.length === 0) this.#waiting.delete(fold(buffer));
    else this.#waiting.set(fold(buffer), waiting);
    this.#draw();
  }

  #draw(): void {
    const here = this.#here;
    byId("attachments").hidden = here.length === 0;
    byId("attachment-list").replaceChildren(...here.map(({ card }) => card));
    const them = here.length === 1 ? "this file" : `these ${here.length} files`;
    const hint = here.length === 0
      ? ""
      : this.#buffer === ""
      ? `Join a channel to send ${them}`
      : `Send ${them} to ${plainName(this.#buffer)}? Enter sends, Escape removes`;
    const line = byId("attachments-hint");
    if (line.textContent !== hint) line.textContent = hint;
  }
}

/** Undefined where the browser cannot show it; the file can be sent all the same. */
function pictureOf(file: File): string | undefined {
  try {
    return URL.createObjectURL(file);
  } catch {
    return undefined;
  }
}

function isSame(one: File, other: File): boolean {
  return one.name === other.name && one.size === other.size && one.lastModified === other.lastModified;
}

function namesOf(files: readonly File[]): string {
  return files.map(({ name }) => `"${plain(name)}"`).join(", ");
}
