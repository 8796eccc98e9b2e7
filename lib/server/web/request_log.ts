/** The log entries of failed requests. Addresses of files and messages are secrets, so no entry has a whole path. */
import type { IncomingMessage } from "node:http";
import type { Chat } from "../chat/chat.ts";
import { pageAsset } from "./page_assets.ts";

/** Beginnings of paths; what follows names a file or a message. */
const knownSegment = /\/(files|text|upload)(?:\/|$)/;
const wholePaths: ReadonlySet<string> = new Set(["/healthz", "/metrics", "/readyz", "/upload"]);
const methods: ReadonlySet<string> = new Set(["DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT"]);

/** A function that logs answers of 400 and more. */
export function failureLog(chat: Chat): (request: IncomingMessage, status: number, address: string) => void {
  return ({ method = "", url = "" }, status, address) => {
    if (status < 400) return;
    chat.logEntry("web request failed", {
      method: methods.has(method) ? method : "other",
      path: shownPath(url),
      status,
      address,
    });
  };
}

/** "/lib/client/page/page.ts", "/files/…", or "…" for a path that the server does not know; never the query. */
export function shownPath(url: string): string {
  const [path = ""] = url.split("?", 1);
  if (wholePaths.has(path) || pageAsset(path) !== undefined) return path;
  // Behind a proxy the path of the page can come first.
  const [, first] = knownSegment.exec(path) ?? [];
  return first === undefined ? "…" : `/${first}/…`;
}
