/**
 * The page and its modules, served without a build step: the types are stripped from TypeScript. A client can
 * request only files in the browser folders of lib/.
 */
import { createHash } from "node:crypto";
import { stripTypeScriptTypes } from "node:module";
import { pagePath, shortHash } from "./page_sources.ts";

/** A file to serve. */
export interface Asset {
  readonly type: string;
  readonly body: Uint8Array;
  /** Changes with the body. */
  readonly etag: string;
  /** The body, compressed. */
  readonly encoded?: { readonly br: Uint8Array; readonly gzip: Uint8Array };
}

const types: Readonly<Record<string, string>> = {
  html: "text/html; charset=utf-8",
  css: "text/css; charset=utf-8",
  js: "text/javascript; charset=utf-8",
  json: "application/json",
  ts: "text/javascript; charset=utf-8",
  svg: "image/svg+xml",
  webmanifest: "application/manifest+json",
};

const indexPath = "/lib/client/page/index.html";
const imports = /^(?:import|export)\b[^;]*?\bfrom "(\.[^"]+)"/gm;
const cache = new Map<string, Asset>();

/** The asset of a path, or undefined. Each file is read once. */
export function pageAsset(path: string): Asset | undefined {
  const wanted = path === "/" || path === "/join" ? indexPath : path;
  const cached = cache.get(wanted);
  if (cached !== undefined) return cached;
  const [, file] = pagePath.exec(wanted) ?? [];
  if (file === undefined) return undefined;
  const text = readText(new URL(`../../${file}`, import.meta.url));
  if (text === undefined) return undefined;
  const asset = assetOf(wanted, wanted === indexPath ? withPreloads(text) : text);
  cache.set(wanted, asset);
  return asset;
}

/** The asset of a text, of the type that the ending of its path says; TypeScript loses its types. */
export function assetOf(path: string, text: string): Asset {
  const ending = path.slice(path.lastIndexOf(".") + 1);
  const body = new TextEncoder().encode(ending === "ts" ? stripTypeScriptTypes(text) : text);
  const etag = `"${shortHash(createHash("sha256").update(body))}"`;
  return { type: types[ending] ?? "application/octet-stream", body, etag };
}

/** Lists all modules in the head of the page, so that a browser requests all of them at once. */
function withPreloads(html: string): string {
  const found = new Set<string>();
  const waiting = [...html.matchAll(/<script type="module" src="([^"]+)"/g)].map(([, path = ""]) =>
    `/${path}`
  );
  for (let path = waiting.pop(); path !== undefined; path = waiting.pop()) {
    const module = found.has(path) ? undefined : pageAsset(path);
    if (module === undefined) continue;
    found.add(path);
    for (const [, from = ""] of new TextDecoder().decode(module.body).matchAll(imports)) {
      waiting.push(new URL(from, `http://host${path}`).pathname);
    }
  }
  // Relative, because a proxy can have the page at a path of its own.
  const links = [...found].map((path) => `    <link rel="modulepreload" href="${path.slice(1)}">\n`);
  return html.replace("  </head>", `${links.join("")}  </head>`);
}

function readText(url: URL): string | undefined {
  try {
    return Deno.readTextFileSync(url);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}
