/**
 * Requests from pages of other sites (the CORS protocol of the Fetch standard). A page of an allowed origin can do
 * what our own page can do: connect, send files, and read each answer, also a refusal. Answers to other origins have
 * no such headers.
 */
import type { IncomingMessage, ServerResponse } from "node:http";

/** A list of header names (RFC 9110 §5.6.2), as a preflight request asks for them. */
const headerNames = /^[\w!#$%&'*+.^`|~, -]*$/;
/** The headers of an answer that a page can read, besides those that it always can. */
const answerHeaders =
  "accept-post, accept-ranges, allow, content-disposition, content-range, etag, location, retry-after, upload-limit";
/** How long a browser remembers the answer to a preflight request. */
const preflightSeconds = 7200;

/**
 * The form in which browsers send an origin: "HTTPS://chat.example:443/" is "https://chat.example". An app has a scheme
 * of its own: "capacitor://localhost". Undefined if the text is no origin.
 */
export function plainOrigin(text: string): string | undefined {
  const url = URL.parse(text);
  if (url === null || url.pathname.length > 1 || url.search !== "" || url.hash !== "") return undefined;
  if (url.username !== "" || url.password !== "" || url.host === "") return undefined;
  return url.origin === "null" ? `${url.protocol}//${url.host}` : url.origin;
}

/**
 * Allows the page that sent this request to read the answer, if its origin is one of `origins`. Call it before any
 * answer. Answers a preflight request and returns true; for other requests it returns false.
 */
export function allowOrigin(
  request: IncomingMessage,
  response: ServerResponse,
  origins: readonly string[],
): boolean {
  const { origin } = request.headers;
  if (origins.length > 0) response.setHeader("vary", "Origin");
  if (origin === undefined || !origins.includes(origin)) return false;
  response.setHeader("access-control-allow-origin", origin);
  response.setHeader("access-control-allow-credentials", "true");
  response.setHeader("access-control-expose-headers", answerHeaders);
  if (request.method !== "OPTIONS" || request.headers["access-control-request-method"] === undefined) {
    return false;
  }
  response.setHeader("access-control-allow-methods", "DELETE, GET, HEAD, OPTIONS, POST");
  const asked = request.headers["access-control-request-headers"] ?? "";
  if (headerNames.test(asked)) response.setHeader("access-control-allow-headers", asked);
  response.setHeader("access-control-max-age", preflightSeconds);
  response.writeHead(204).end();
  return true;
}
