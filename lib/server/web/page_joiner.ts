/**
 * A worker that joins the modules of the page to one script and the style sheets to one, with esbuild in WebAssembly, and
 * compresses what the page needs first. It gets the texts of the files, reads and writes none, and is ended after its
 * answer, because esbuild keeps 200 MB.
 */
import { brotliCompressSync, gzipSync } from "node:zlib";
import { type Asset, assetOf } from "./page_assets.ts";
import type { PageSources } from "./page_sources.ts";

/** The answer: the assets by path, or why there are none. */
export type JoinerAnswer = { readonly assets: ReadonlyMap<string, Asset> } | { readonly fault: string };

/** The part of a worker's global object that this file uses. */
interface WorkerScope {
  onmessage: ((event: MessageEvent) => void) | null;
  postMessage(message: JoinerAnswer): void;
}

const folder = "/lib/client/page/";
const indexPath = `${folder}index.html`;
const scriptPath = `${folder}joined.js`;
const stylePath = `${folder}joined.css`;
/** The modules in the script, for tests and developers. */
const listPath = `${folder}joined.json`;
/** Files that the head of the page or the lists at its top name. */
const firstFiles = [`${folder}browser_check.ts`, `${folder}icon.svg`];

const scope = globalThis as unknown as WorkerScope;
scope.onmessage = ({ data }: MessageEvent<PageSources>) => {
  join(data).then(
    (assets) => scope.postMessage({ assets }),
    (error) => scope.postMessage({ fault: error instanceof Error ? error.message : String(error) }),
  );
};

async function join(sources: PageSources): Promise<Map<string, Asset>> {
  const esbuild = await startEsbuild();
  const read = (path: string) => {
    const text = sources.get(path);
    if (text === undefined) throw new Error(`${path} does not exist`);
    return text;
  };
  const { outputFiles: [script], metafile } = await esbuild.build({
    entryPoints: [`${folder}page.ts`],
    bundle: true,
    minify: true,
    write: false,
    metafile: true,
    format: "esm",
    target: "esnext",
    plugins: [{
      name: "sources",
      setup(build) {
        build.onResolve({ filter: /.*/ }, ({ path, importer }) => ({
          path: new URL(path, `file://${importer}`).pathname,
          namespace: "sources",
        }));
        build.onLoad({ filter: /.*/, namespace: "sources" }, ({ path }) => ({
          contents: read(path),
          loader: "ts",
        }));
      },
    }],
  });
  const html = read(indexPath);
  const styles = [...html.matchAll(/<link rel="stylesheet" href="([^"]+)">/g)].map(([, path]) =>
    read(`/${path}`)
  );
  const style = await esbuild.transform(styles.join("\n"), { loader: "css", minify: true, target: "esnext" });
  const modules = Object.keys(metafile.inputs).map((name) => name.replace(/^sources:/, "")).sort();
  const texts = new Map([
    [listPath, JSON.stringify(modules)],
    [scriptPath, script?.text ?? ""],
    [stylePath, style.code],
    ...firstFiles.map((path): [string, string] => [path, read(path)]),
  ]);
  const assets = new Map([...texts].map(([path, text]) => [path, compressed(assetOf(path, text))]));
  return assets.set("/", compressed(assetOf(indexPath, joinedHtml(html, assets))));
}

/** The page with one script and one style sheet, and all addresses named by their content. */
function joinedHtml(html: string, assets: ReadonlyMap<string, Asset>): string {
  let hasStyle = false;
  return html
    .replaceAll(/ *<link rel="stylesheet" href="[^"]+">\n/g, () => {
      if (hasStyle) return "";
      hasStyle = true;
      return `    <link rel="stylesheet" href="${stylePath.slice(1)}">\n`;
    })
    .replace(`src="lib/client/page/page.ts"`, `src="${scriptPath.slice(1)}"`)
    .replaceAll(/(href|src)="(lib\/[^"]+)"/g, (whole, name, path) => {
      const found = assets.get(`/${path}`);
      return found === undefined ? whole : `${name}="${path}?${found.etag.slice(1, -1)}"`;
    });
}

function compressed(asset: Asset): Asset {
  const { body } = asset;
  return { ...asset, encoded: { br: brotliCompressSync(body), gzip: gzipSync(body, { level: 9 }) } };
}

/** Loads it only here: where it was never downloaded and cannot be, the worker can still say so. */
async function startEsbuild() {
  const esbuild = await import("esbuild-wasm");
  // This form needs no permission to read.
  // @ts-expect-error TypeScript 6 does not know it yet.
  const wasmModule: WebAssembly.Module = await import.source("esbuild-wasm/esbuild.wasm");
  await esbuild.initialize({ wasmModule, worker: false });
  return esbuild;
}
