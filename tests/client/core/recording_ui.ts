/** A UI that records its calls, for tests of slash commands. */

import type { ChatEvent, Manner } from "../../../lib/client/state/event.ts";
import type { CommandUi, LocalFileAccess } from "../../../lib/client/slash/command_ui.ts";
import { ActionError } from "../../../lib/client/state/action_error.ts";
import { PresenceFilter } from "../../../lib/client/text/presence_filter.ts";
import type { Span } from "../../../lib/client/text/formatting.ts";
import { spanText } from "../../../lib/client/text/style_text.ts";
import { summary, WiredClient } from "./wired_client.ts";

/** A UI on a wired client. */
export class RecordingUi extends WiredClient implements CommandUi {
  activeBuffer = "#tea";
  readonly notes: string[] = [];
  sharesTyping = true;
  /** The answers to the next questions for a password. */
  readonly answers: string[] = [];
  /** The local files. */
  readonly disk = new Map<string, string>();
  readonly files: LocalFileAccess = {
    open: (path) => {
      const text = this.disk.get(path) ?? "";
      return Promise.resolve(new File([text], path, { type: "text/plain" }));
    },
    download: (address) => {
      this.notes.push(`downloaded ${address}`);
      return Promise.resolve("saved.txt");
    },
    showProgress: (doing, done, total) => {
      if (done === total && doing !== "") this.notes.push(`${doing} ${done}`);
    },
  };
  readonly hints = ["Tab completes"];
  readonly presenceFilter = new PresenceFilter();
  restricted = false;

  target(): string {
    if (this.activeBuffer === "") throw new ActionError("You have not joined a channel yet");
    return this.activeBuffer;
  }

  send(target: string, manner: Manner, text: string, replyTo?: string): void {
    this.client.sendMessage({ target, manner, text, ...(replyTo !== undefined && { replyTo }) });
  }

  show(name: string): void {
    this.activeBuffer = name;
  }

  onBufferClosed(name: string): void {
    this.notes.push(`closed ${name}`);
  }

  note(words: string | readonly Span[]): void {
    this.notes.push(typeof words === "string" ? words : spanText(words));
  }

  clear(): void {
    this.notes.push("cleared");
  }

  quit(reason: string): void {
    this.notes.push(`left ${reason}`);
  }

  showHistory(title: string, events: readonly ChatEvent[]): void {
    this.notes.push(title, ...events.map(summary));
  }

  askPassword(question: string, fault: (written: string) => string = () => ""): Promise<string> {
    this.notes.push(`${question}?`);
    const answer = this.answers.shift() ?? "four green leaves";
    const why = answer === "" ? "" : fault(answer);
    if (why === "") return Promise.resolve(answer);
    this.notes.push(why);
    return this.askPassword(question, fault);
  }
}
