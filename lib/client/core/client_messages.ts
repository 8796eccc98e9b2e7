/** Actions on messages that exist already: react, delete. A refusal by the server is an event. */

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

  constructor(link: ServerLink) {
    this.#link = link;
    this.readMarkers = new ClientReadMarkers(link);
    this.#people = new PersonFollower(link);
  }

  /** The events to report for an event: none for a message that was deleted already, more when a nick has changed. */
  follow(event: ChatEvent): ChatEvent[] {
    return this.#people.follow(event).filter((one) => one.kind !== "said" || !this.recent.isDeleted(one));
  }

  /** Adds a reaction to a message, or removes it. */
  react(buffer: string, id: string, emoji: string, added = true): void {
    if (!canSendTags(this.#link)) throw new ActionError("This server has no reactions");
    if (!isTagAllowed(this.#link.state, added ? "react" : "unreact")) {
      throw new ActionError("This server passes no reactions on");
    }
    this.#link.send(tagLine(buffer, reactionTags(id, emoji, added)));
  }

  delete(buffer: string, id: string, reason = ""): void {
    if (!this.#link.state.caps.has("draft/message-redaction")) {
      throw new ActionError("This server cannot delete messages");
    }
    this.#link.command("REDACT", buffer, id, ...(reason === "" ? [] : [reason]));
  }
}
