/** Answers requests for the page: joined or in modules, compressed as the browser asks, from its cache where it can. */
import type { IncomingMessage, ServerResponse } from "node:http";
import { hasContent } from "./conditional_request.ts";
import type { JoinedPage } from "./joined_page.ts";
import { type Asset, pageAsset } from "./page_assets.ts";

/** An address that names the content with its hash never changes. */
const forEver = "public, max-age=31536000, immutable";
/** The paths that only the joined page needs. */
const joinedPath = /^\/lib\/client\/page\/joined\.(?:js|css)$/;

/** Sends the asset of the path; false if there is none. */
export async function answerPage(
  request: IncomingMessage,
  response: ServerResponse,
  path: string,
  page: JoinedPage | undefined,
): Promise<boolean> {
  const [, query = ""] = (request.url ?? "").split("?", 2);
  const isDocument = path === "/" || path === "/join";
  if (isDocument) await page?.prepare();
  // A page of another machine, or of an earlier start, can ask for it before it is joined here.
  else if (joinedPath.test(path)) await page?.ready();
  // For developers: /?modules has the modules one by one.
  const joined = isDocument && query === "modules" ? undefined : page?.asset(path);
  const asset = joined ?? pageAsset(path);
  if (asset === undefined) return false;
  const { type, etag, encoded } = asset;
  const encoding = encoded && encodingFor(String(request.headers["accept-encoding"] ?? ""));
  const tag = encoding === undefined ? etag : `${etag.slice(0, -1)}-${encoding}"`;
  response.setHeader("etag", tag);
  response.setHeader("cache-control", `"${query}"` === etag ? forEver : "no-cache");
  if (encoded !== undefined) response.setHeader("vary", "accept-encoding");
  if (hasContent(request.headers, tag)) {
    response.writeHead(304).end();
    return true;
  }
  const body = encoding === undefined ? asset.body : encoded?.[encoding] ?? asset.body;
  if (encoding !== undefined) response.setHeader("content-encoding", encoding);
  response.writeHead(200, { "content-type": type, "content-length": body.length });
  response.end(request.method === "HEAD" ? undefined : body);
  return true;
}

type Encoding = keyof NonNullable<Asset["encoded"]>;

/** The best coding that the client takes (RFC 9110 §12.5.3); undefined for none. */
export function encodingFor(accepted: string): Encoding | undefined {
  const taken = new Map(
    accepted.toLowerCase().split(",").map((one): [string, number] => {
      const [name = "", ...options] = one.split(";").map((part) => part.trim());
      const [, weight = "1"] = /^q=([\d.]+)$/.exec(options[0] ?? "") ?? [];
      return [name, Number(weight)];
    }),
  );
  return (["br", "gzip"] as const).find((name) => (taken.get(name) ?? taken.get("*") ?? 0) > 0);
}
