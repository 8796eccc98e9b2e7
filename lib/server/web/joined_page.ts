/**
 * The page as one script and one style sheet, so that a browser needs few requests. It is joined beside the event loop
 * (page_joiner.ts) once for each version of the files; until then, and where that fails, the page has its modules one by
 * one (page_assets.ts).
 */
import { deadlines } from "../../deadlines.ts";
import { areDescriptorsFree } from "../../net/descriptors.ts";
import type { Asset } from "./page_assets.ts";
import { keepPage, keptPage } from "./page_cache.ts";
import type { JoinerAnswer } from "./page_joiner.ts";
import { type PageSources, readPageSources, sourcesHash } from "./page_sources.ts";

/** Raise it when the joined page changes though its sources do not. */
const joinerVersion = "2";
/** esbuild needs 200 MB for a moment. */
const neededBytes = 400_000_000;
/** A worker that cannot open its files ends the whole server (Deno 2.9.6), and people need descriptors meanwhile. */
const neededDescriptors = 32;

/** The joined page of one web side. */
export class JoinedPage {
  #assets: ReadonlyMap<string, Asset> | undefined;
  #looking: Promise<void> | undefined;
  #joining: Promise<void> | undefined;
  readonly #closed = new AbortController();
  readonly #onFault: (fault: string) => void;

  /** `onFault` gets the reason when the page stays in parts. */
  constructor(onFault: (fault: string) => void) {
    this.#onFault = onFault;
  }

  /** The asset of a path, if the page is joined. */
  asset(path: string): Asset | undefined {
    return this.#assets?.get(path === "/join" ? "/" : path);
  }

  /** Resolves when it is known whether the page was joined at an earlier start; otherwise it is joined from now on. */
  prepare(): Promise<void> {
    return this.#looking ??= this.#look().catch((error) => this.#fail(error));
  }

  /** Resolves when the page is joined, or cannot be. */
  async ready(): Promise<void> {
    await this.prepare();
    await this.#joining;
  }

  async close(): Promise<void> {
    this.#closed.abort(new Error("the page was closed"));
    await this.#looking;
    await this.#joining;
  }

  async #look(): Promise<void> {
    const sources = await readPageSources();
    const hash = sourcesHash(sources, [Deno.version.deno, joinerVersion]);
    const kept = await keptPage(hash);
    if (kept !== undefined) this.#assets = kept;
    else this.#joining = this.#join(sources, hash).catch((error) => this.#fail(error));
  }

  async #join(sources: PageSources, hash: string): Promise<void> {
    this.#assets = await joinPage(sources, this.#closed.signal);
    await keepPage(hash, this.#assets);
  }

  #fail(error: unknown): void {
    if (!this.#closed.signal.aborted) this.#onFault(error instanceof Error ? error.message : String(error));
  }
}

/** Joins the page in a worker of its own; rejects when it cannot, and at once with the reason of the signal. */
export async function joinPage(
  sources: PageSources,
  signal: AbortSignal,
): Promise<ReadonlyMap<string, Asset>> {
  signal.throwIfAborted();
  if (freeBytes() < neededBytes) throw new Error("too little memory is free");
  if (!areDescriptorsFree(neededDescriptors)) throw new Error("too few file descriptors are free");
  const worker = new Worker(new URL("./page_joiner.ts", import.meta.url), { type: "module" });
  const { promise, resolve, reject } = Promise.withResolvers<JoinerAnswer>();
  signal.addEventListener("abort", () => reject(signal.reason));
  const timeout = setTimeout(() => reject(new Error("it took too long")), deadlines.pageJoinMs);
  worker.onmessage = ({ data }: MessageEvent<JoinerAnswer>) => resolve(data);
  worker.onerror = (event) => {
    event.preventDefault();
    reject(new Error(event.message));
  };
  worker.postMessage(sources);
  try {
    const answer = await promise;
    if ("fault" in answer) throw new Error(answer.fault);
    return answer.assets;
  } finally {
    clearTimeout(timeout);
    worker.terminate();
  }
}

/** Infinity if this program may not know. */
function freeBytes(): number {
  try {
    return Deno.systemMemoryInfo().available;
  } catch {
    return Infinity;
  }
}
