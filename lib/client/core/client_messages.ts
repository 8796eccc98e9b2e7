/** Actions on messages that exist already: react, delete. A refusal by the server is an event. */

import { ActionError } from "../state/action_error.ts";
import { isTagAllowed, reactionTags } from "../state/client_tags.ts";
import { ClientReadMarkers } from "./client_read_markers.ts";
import { RecentMessages } from "../state/recent_messages.ts";
import type { ServerLink } from "./server_link.ts";
import { canSendTags, tagLine } from "./server_link.ts";

/** One client's messages. */
export class ClientMessages {
  readonly recent = new RecentMessages();
  readonly readMarkers: ClientReadMarkers;
  readonly #link: ServerLink;

  constructor(link: ServerLink) {
    this.#link = link;
    this.readMarkers = new ClientReadMarkers(link);
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
