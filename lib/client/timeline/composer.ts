/** The message box: Enter sends, Shift-Enter starts a new line, Tab completes, ↑ brings back the last message. */
/// <reference lib="dom" />
import { fold, type Folded } from "../../irc/names.ts";
import type { Candidates } from "../slash/completion.ts";
import { Drafts, joinDrafts } from "./drafts.ts";
import { isCommand, pastedHint, pastedText } from "../slash/paste.ts";
import { toast } from "../elements/toast.ts";
import { storedValue, storeValue } from "../elements/browser_storage.ts";
import { byId } from "../elements/element.ts";
import { pickEmoji } from "../elements/emoji_picker.ts";
import { installFileDrop } from "../elements/file_drop.ts";
import { onKeyPress } from "../elements/key_press.ts";
import { InputHistory } from "./input_history.ts";
import { quoteText } from "./quote.ts";
import { Attachments, type AttachmentsParts } from "./attachments.ts";
import { Suggestions } from "./suggestions.ts";
import type { SaidEntry } from "./timeline_entry.ts";

/** The actions of the page that the message box calls. */
export interface ComposerParts {
  /** Sends the text; `replyingTo` is the message it answers. When it returns false, the text stays in the box. */
  readonly send: (text: string, replyingTo: SaidEntry | undefined) => boolean;
  /** The text in the box changed; "" after sending. */
  readonly onInput: (text: string) => void;
  /** The words that can replace `word` after the text `before`. */
  readonly complete: (before: string, word: string) => Candidates;
  /** Uploads files and sends their addresses with a caption, ""  for none. When it returns false, everything stays. */
  readonly sendFiles: (
    files: readonly File[],
    caption: string,
    replyingTo: SaidEntry | undefined,
  ) => boolean;
  readonly files: Omit<AttachmentsParts, "onRemove"> & {
    /** Whether a text is better shared as a file, because it does not fit into one message. */
    readonly isTooLong: (text: string) => boolean;
  };
}

/** The box and its buttons. */
export class Composer {
  readonly #box = byId<HTMLTextAreaElement>("box");
  readonly #parts: ComposerParts;
  readonly #suggestions: Suggestions;
  readonly #history = new InputHistory();
  readonly #drafts = new Drafts();
  readonly #attachments: Attachments;
  #replyingTo: SaidEntry | undefined;
  /** The messages that the drafts of other buffers answer. */
  readonly #answered = new Map<Folded, SaidEntry>();
  /** The buffer that the text is for, "" for none. */
  #buffer = "";
  /** The length of the text that the height of the box fits: with a shorter one it can become lower. */
  #fittedLength = 0;

  constructor(parts: ComposerParts) {
    this.#parts = parts;
    this.#drafts.read(storedValue("drafts", "tab"));
    this.#suggestions = new Suggestions(this.#box, parts.complete);
    this.#attachments = new Attachments({ ...parts.files, onRemove: () => this.focus() });
    byId("send").addEventListener("submit", (event) => {
      event.preventDefault();
      this.#submit();
    });
    onKeyPress(this.#box, (event) => this.#onKey(event));
    this.#box.addEventListener("input", () => {
      this.#fitHeight();
      this.#suggestions.update();
      parts.onInput(this.#box.value);
    });
    byId("emoji").addEventListener("click", (event) => {
      pickEmoji(event.currentTarget as HTMLElement, (emoji) => this.insert(emoji));
    });
    this.#box.addEventListener("blur", () => this.#suggestions.close());
    byId("cancel-reply").addEventListener("click", () => this.replyTo(undefined));
    installFileDrop({
      share: (files) => {
        this.#attachments.add(files);
        this.focus();
      },
      write: (text) => this.#write(text),
    });
    this.#box.addEventListener("paste", (event) => this.#onPaste(event));
  }

  /** Enables or disables everything that sends. */
  set enabled(isEnabled: boolean) {
    for (const id of ["box", "send-button", "emoji", "attach"]) {
      byId<HTMLButtonElement>(id).disabled = !isEnabled;
    }
  }

  /** Saves the draft of the buffer before, with its reply, and brings back the draft of this one; "" for no buffer. */
  set buffer(name: string) {
    if (name === this.#buffer) return;
    if (this.#buffer !== "") this.#drafts.save(this.#buffer, this.#box.value);
    if (this.#replyingTo !== undefined) this.#answered.set(fold(this.#buffer), this.#replyingTo);
    this.#showReplyBar(this.#answered.get(fold(name)));
    this.#answered.delete(fold(name));
    // Text from before the first buffer stays.
    if (this.#buffer !== "" || this.#box.value === "") this.#setText(this.#drafts.of(name));
    this.#buffer = name;
    this.#attachments.buffer = name;
  }

  /** The name of the person in the chat. Another person in this tab does not see the drafts. */
  set person(name: string) {
    if (this.#drafts.person !== "" && fold(this.#drafts.person) !== fold(name)) {
      this.#drafts.clear();
      this.#answered.clear();
      this.#showReplyBar(undefined);
      if (this.#buffer !== "") this.#setText("");
    }
    this.#drafts.person = name;
  }

  /** Stores all drafts in this tab, because a reload can follow. */
  storeDrafts(): void {
    if (this.#buffer !== "") this.#drafts.save(this.#buffer, this.#box.value);
    storeValue("drafts", this.#drafts.write(), "tab");
  }

  /** Whether the box has words or files that are not sent. */
  get hasWords(): boolean {
    return this.#box.value.trim() !== "" || this.#attachments.files.length > 0;
  }

  /** Whether files wait in any buffer; they are lost with the page. */
  get hasFiles(): boolean {
    return this.#attachments.areWaiting;
  }

  focus(): void {
    this.#box.focus();
  }

  /** The next message answers this one, which is quoted above the box; undefined for none. */
  replyTo(entry: SaidEntry | undefined): void {
    this.#showReplyBar(entry);
    this.focus();
  }

  #showReplyBar(entry: SaidEntry | undefined): void {
    this.#replyingTo = entry;
    byId("replying").hidden = entry === undefined;
    byId("replying-to").textContent = entry === undefined ? "" : quoteText(entry);
  }

  /** The person of a conversation has another nick: the text, the drafts and the reply stay with that person. */
  onRenamed(from: string, to: string): void {
    this.#attachments.rename(from, to);
    const [active, old, key] = [fold(this.#buffer), fold(from), fold(to)];
    if (active !== old && active !== key) this.#drafts.rename(from, to);
    else if (old !== key) {
      // The draft of the active buffer is in the box.
      const other = this.#drafts.take(active === old ? to : from);
      this.#drafts.take(active === old ? from : to);
      if (other !== "") this.#setText(joinDrafts(this.#box.value, other));
    }
    if (active === old) this.#buffer = to;
    const moved = (entry: SaidEntry): SaidEntry => ({ ...entry, said: { ...entry.said, buffer: to } });
    const [replyingTo, answered] = [this.#replyingTo, this.#answered.get(old)];
    if (replyingTo !== undefined && fold(replyingTo.said.buffer) === old) {
      this.#replyingTo = moved(replyingTo);
    }
    if (answered === undefined) return;
    this.#answered.delete(old);
    this.#answered.set(key, moved(answered));
  }

  /** A message was deleted: the next message no longer answers it. */
  onDeleted(id: string): void {
    if (this.#replyingTo?.key === id) this.#showReplyBar(undefined);
    for (const [buffer, { key }] of this.#answered) if (key === id) this.#answered.delete(buffer);
  }

  /** Puts text where the cursor is. */
  insert(text: string): void {
    const { selectionStart, selectionEnd } = this.#box;
    this.#box.setRangeText(text, selectionStart, selectionEnd, "end");
    this.#fitHeight();
    this.focus();
  }

  /** Brings back what was written and not sent; false when the person has written something else since. */
  restore(buffer: string, written: string): boolean {
    const isActive = fold(buffer) === fold(this.#buffer);
    if ((isActive ? this.#box.value : this.#drafts.of(buffer)) !== "") return false;
    if (isActive) this.#setText(written);
    else this.#drafts.save(buffer, written);
    return true;
  }

  /** Puts words back that belong to files which are not sent; other words in the box stay. */
  giveBack(buffer: string, written: string): void {
    if (this.restore(buffer, written)) return;
    if (fold(buffer) === fold(this.#buffer)) this.#setText(joinDrafts(written, this.#box.value));
    else this.#drafts.save(buffer, joinDrafts(written, this.#drafts.of(buffer)));
  }

  /** Words that were dropped on the page, or pasted outside of its fields. */
  #write(text: string): void {
    if (this.#box.disabled) return toast("Join first, then write", "error");
    if (this.#takeAsFile(text)) return;
    const isStart = this.#box.value.slice(0, this.#box.selectionStart).trim() === "";
    this.insert(isStart ? pastedText(text) : text);
    this.#box.dispatchEvent(new Event("input"));
  }

  /** A text that does not fit into one message waits as a file; false when it fits. */
  #takeAsFile(text: string): boolean {
    if (!this.#parts.files.isTooLong(text)) return false;
    this.#attachments.add([new File([text], "pasted.txt", { type: "text/plain" })]);
    this.focus();
    toast("The text is too long for one message, so it waits as a file");
    return true;
  }

  /** A paste at the start of a message begins no command. */
  #onPaste(event: ClipboardEvent): void {
    const { value, selectionStart } = this.#box;
    const text = event.clipboardData?.getData("text/plain") ?? "";
    if (event.defaultPrevented) return;
    if (this.#takeAsFile(text)) return event.preventDefault();
    const pasted = pastedText(text);
    if (pasted === text || value.slice(0, selectionStart).trim() !== "") return;
    event.preventDefault();
    this.insert(pasted);
    toast(pastedHint);
  }

  #submit(): void {
    const text = this.#box.value;
    const { files } = this.#attachments;
    // A command leaves the files where they are.
    if (files.length > 0 && !isCommand(text)) return this.#submitFiles(files, text.trim());
    // A command can switch to another buffer, so it must not be in the box as a draft.
    this.#setText("");
    if (!this.#parts.send(text, this.#replyingTo)) return this.#setText(text);
    if (this.#replyingTo !== undefined) this.replyTo(undefined);
    this.#history.add(text);
    this.#parts.onInput("");
  }

  #submitFiles(files: readonly File[], caption: string): void {
    if (!this.#parts.sendFiles(files, caption.replace(/^\/\//, "/"), this.#replyingTo)) return;
    this.#attachments.clear();
    this.#setText("");
    if (this.#replyingTo !== undefined) this.replyTo(undefined);
    this.#parts.onInput("");
  }

  #onKey(event: KeyboardEvent): void {
    // Keys with Alt are for the whole page (client/page/shortcuts.ts).
    if (event.altKey) return;
    if (event.key === "Enter" && !event.shiftKey) {
      event.preventDefault();
      if (!this.#suggestions.accept()) this.#submit();
      return;
    }
    if (event.key === "Escape" && this.#suggestions.isOpen) return this.#suggestions.close();
    if (event.key === "Escape" && this.#attachments.clear()) return;
    if (event.key === "Escape" && this.#replyingTo !== undefined) return this.replyTo(undefined);
    if (event.key === "Tab" && !event.shiftKey && this.#box.value !== "") {
      if (this.#suggestions.insertNext()) event.preventDefault();
      return;
    }
    const step = event.key === "ArrowUp" ? -1 : event.key === "ArrowDown" ? 1 : 0;
    if (step !== 0) this.#onArrow(event, step);
  }

  #onArrow(event: KeyboardEvent, step: number): void {
    if (this.#suggestions.isOpen) {
      event.preventDefault();
      return this.#suggestions.select(step);
    }
    // In a text of several lines the arrows move the cursor.
    if (this.#box.value.includes("\n")) return;
    const text = this.#history.recall(step);
    if (text === undefined) return;
    event.preventDefault();
    this.#setText(text);
  }

  #setText(text: string): void {
    this.#suggestions.close();
    this.#box.value = text;
    this.#fittedLength = Infinity;
    this.#fitHeight();
  }

  /**
   * Fits the height of the box to its text. The form keeps its height meanwhile: otherwise the messages above it would
   * move for a moment, and would no longer follow the newest one.
   */
  #fitHeight(): void {
    const { value, style, scrollHeight, clientHeight } = this.#box;
    const isShorter = value.length < this.#fittedLength;
    this.#fittedLength = value.length;
    if (!isShorter && scrollHeight <= clientHeight) return;
    const form = byId("send");
    form.style.height = `${form.offsetHeight}px`;
    style.height = "auto";
    style.height = `${this.#box.scrollHeight + 2}px`;
    form.style.height = "";
  }
}
