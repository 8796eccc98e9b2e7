/**
 * GET /text/ADDRESS: the whole text of a long message, for everybody with the address (server/chat/message_links.ts). It
 * is plain text, so nothing in it runs.
 */
import { stripFormatting } from "../../irc/formatting.ts";
import type { Chat } from "../chat/chat.ts";
import { type Route, sendText } from "./web.ts";

/** The route of whole messages. */
export function messageRoute(chat: Pick<Chat, "links">): Route {
  return (request, response, path) => {
    const [, part] = /^\/text\/([\w-]+\.[\w-]+\.[\w-]+)$/.exec(path) ?? [];
    if (part === undefined) return undefined;
    if (request.method !== "GET" && request.method !== "HEAD") {
      sendText(response, 405, "Only GET works here");
      return Promise.resolve();
    }
    const text = chat.links.read(part);
    // A copy would stay readable after the message is deleted.
    response.setHeader("cache-control", "no-store");
    response.setHeader("x-robots-tag", "noindex");
    if (text === undefined) sendText(response, 404, "This message does not exist, is deleted or has expired");
    else sendText(response, 200, stripFormatting(text));
    return Promise.resolve();
  };
}
