/** Actions on messages that exist already: react, delete. A refusal by the server is an event. */

import { format } from "../../irc/message.ts";
import type { ChatEvent } from "../state/event.ts";
import { ActionError } from "../state/action_error.ts";
import { isTagAllowed, reactionTags } from "../state/client_tags.ts";
import { ClientReadMarkers } from "./client_read_markers.ts";
import { RecentMessages } from "../state/recent_messages.ts";
import { PersonFollower } from "./person_follower.ts";
import type { ServerLink } from "./server_link.ts";
import { canSendTags, tagLine } from "./server_link.ts";

/** One client's messages. */
export class ClientMessages {
  readonly recent = new RecentMessages();
  readonly readMarkers: ClientReadMarkers;
  readonly #link: ServerLink;
  readonly #people: PersonFollower;

  readonly #onFailure: (sentence: string) => void;

  /** `onFailure` is called when the server refuses an action, or when the connection is lost before its answer. */
  constructor(link: ServerLink, onFailure: (sentence: string) => void) {
    this.#link = link;
    this.#onFailure = onFailure;
    this.readMarkers = new ClientReadMarkers(link);
    this.#people = new PersonFollower(link);
  }

  /** The events to report for an event: none for a message that was deleted already, more when a nick has changed. */
  follow(event: ChatEvent): ChatEvent[] {
    return this.#people.follow(event).filter((one) => one.kind !== "said" || !this.recent.isDeleted(one));
  }

  /** Adds a reaction to a message, or removes it. */
  react(buffer: string, id: string, emoji: string, added = true): void {
    this.#requireConnection("react");
    if (!canSendTags(this.#link)) throw new ActionError("This server has no reactions");
    if (!isTagAllowed(this.#link.state, added ? "react" : "unreact")) {
      throw new ActionError("This server passes no reactions on");
    }
    this.#act(tagLine(buffer, reactionTags(id, emoji, added)), "reaction");
  }

  delete(buffer: string, id: string, reason = ""): void {
    this.#requireConnection("delete a message");
    if (!this.#link.state.caps.has("draft/message-redaction")) {
      throw new ActionError("This server cannot delete messages");
    }
    const words = reason.replace(/[\r\n\0]+/g, " ");
    this.#act(
      format({ command: "REDACT", params: [buffer, id, ...(words === "" ? [] : [words])] }),
      "deletion",
    );
  }

  #requireConnection(doing: string): void {
    if (!this.#link.isOnline) throw new ActionError(`Cannot ${doing}: there is no connection to the server`);
  }

  /** Doing the same twice changes nothing, so a person who learns that the connection was lost can repeat it. */
  #act(line: string, what: string): void {
    const link = this.#link;
    if (!link.state.caps.has("labeled-response")) return void link.send(line);
    link.ask(line).catch((error: unknown) => {
      this.#onFailure(
        error instanceof ActionError
          ? error.message
          : `The connection was lost before the server confirmed the ${what}: look, and repeat it if it is missing`,
      );
    });
  }
}
