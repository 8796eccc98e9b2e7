/** The web side as the settings want it: the page, WebSockets, shared files and their upkeep, figures. What cannot be is a StartError with one sentence. */
import type { FileContents, SharedFileContents } from "../chat/file_contents.ts";
import type { Hub } from "../hub/hub.ts";
import { ListenError } from "../../net/listen.ts";
import type { StreamOptions } from "../../net/stream.ts";
import { UploadRoutes } from "../web/upload_routes.ts";
import { metricRoute } from "../web/metrics.ts";
import { UploadFolder } from "../web/upload_folder.ts";
import { startWeb } from "../web/web.ts";
import { ownNames, reachableHosts } from "./addresses.ts";
import { exitCodes, StartError } from "./start_error.ts";
import { trustedProxies } from "./trusted_proxies.ts";

/** A listening web side. */
export interface WebSide {
  readonly port: number;
  /** Where people find the page: "http://192.168.1.5:6680/". */
  readonly url: string;
  /** The URL that takes uploads; undefined where no files can be shared. */
  readonly uploadUrl: string | undefined;
  /** The shared files on this machine. */
  readonly files: FileContents | undefined;
  close(): Promise<void>;
}

const pruneMs = 3_600_000;
/** A browser opens six sockets to load a page or files, and a WebSocket. */
const socketsPerPerson = 8;

/** Opens it; `shared` is where machines give each other files. Rejects with a StartError. */
export async function openWeb(
  hub: Hub,
  stream: StreamOptions,
  shared?: SharedFileContents,
): Promise<WebSide> {
  const { host, webPort, webOrigin, webAddress, limit, perAddress, data, ephemeral, uploadSize } =
    hub.chat.settings;
  if (webAddress !== undefined && !/^https?:$/.test(URL.parse(webAddress)?.protocol ?? "")) {
    throw new StartError(
      `Cannot use --web-address "${webAddress}": write it as https://chat.example`,
      exitCodes.usage,
    );
  }
  const shelf = new UploadFolder(ephemeral ? temporaryFolder() : `${data}/files`);
  const files = uploadSize > 0 ? new UploadRoutes(hub, shelf, shared) : undefined;
  const onError = (error: unknown) =>
    hub.chat.log("error", `The web side failed: ${error instanceof Error ? error.stack : error}`);
  let isStopping = false;
  try {
    const listener = await startWeb({
      hostname: host,
      port: webPort,
      maxConnections: limit,
      maxPerPeer: perAddress * socketsPerPerson,
      isTrustedProxy: trustedProxies(hub.chat.settings),
      stream,
      origins: webAddress === undefined ? webOrigin : [...webOrigin, new URL(webAddress).origin],
      names: ownNames(hub.chat.settings),
      onConnection: (connection) => void hub.attach(connection),
      routes: [metricRoute(hub, () => !isStopping), ...(files ? [files.route] : [])],
      onError,
    });
    const [name = host] = reachableHosts(host);
    const url = webAddress?.replace(/\/*$/, "/") ?? `http://${name}:${listener.port}/`;
    const pruning = setInterval(() => files?.prune().catch(onError), pruneMs);
    void files?.prune().then(() => files.complete()).catch(onError);
    return {
      port: listener.port,
      url,
      uploadUrl: files && `${url}upload`,
      files,
      async close() {
        isStopping = true;
        clearInterval(pruning);
        await listener.close();
        if (ephemeral) shelf.clear();
      },
    };
  } catch (error) {
    const { reason } = new ListenError(host, webPort, error);
    throw new StartError(
      `Cannot listen on ${host}:${webPort} for the page: ${reason}; choose another with --web-port, or --web off`,
      exitCodes.unavailable,
    );
  }
}

/** A name nobody has; nothing is made before the first file comes. */
function temporaryFolder(): string {
  const parent = Deno.env.get("TMPDIR") ?? Deno.env.get("TEMP") ?? "/tmp";
  return `${parent}/parley-files-${crypto.randomUUID()}`;
}
