/**
 * Keeps the joined page between starts, in the cache of Deno for this program (DENO_DIR): that needs no permission, and
 * servers without a data folder have it too. A cache that cannot be used is empty.
 */
import type { Asset } from "./page_assets.ts";

const prefix = "parley-page-";
/** Cache storage knows answers by address. */
const address = "http://page/";

/** The assets of the sources with this hash; undefined if they were not kept. */
export async function keptPage(hash: string): Promise<Map<string, Asset> | undefined> {
  try {
    const cache = await caches.open(prefix + hash);
    const found = await cache.match(address);
    return found && decode(await found.text());
  } catch {
    return undefined;
  }
}

/** Keeps them in place of those of other sources. Deno 2.9.6 frees the space of whole caches only. */
export async function keepPage(hash: string, assets: ReadonlyMap<string, Asset>): Promise<void> {
  try {
    const cache = await caches.open(prefix + hash);
    await cache.put(address, new Response(encode(assets)));
    const names: string[] = await caches.keys();
    const old = names.filter((name) => name.startsWith(prefix) && name !== prefix + hash);
    await Promise.all(old.map((name) => caches.delete(name)));
  } catch {
    // It is joined again at the next start.
  }
}

type Stored = [path: string, type: string, etag: string, body: string, br: string, gzip: string];

function encode(assets: ReadonlyMap<string, Asset>): string {
  const rows = [...assets].map(([path, { type, etag, body, encoded }]): Stored => [
    path,
    type,
    etag,
    body.toBase64(),
    encoded?.br.toBase64() ?? "",
    encoded?.gzip.toBase64() ?? "",
  ]);
  return JSON.stringify(rows);
}

function decode(text: string): Map<string, Asset> {
  const rows: Stored[] = JSON.parse(text);
  return new Map(rows.map(([path, type, etag, body, br, gzip]) => [path, {
    type,
    etag,
    body: Uint8Array.fromBase64(body),
    encoded: { br: Uint8Array.fromBase64(br), gzip: Uint8Array.fromBase64(gzip) },
  }]));
}
