/**
 * Opens the web side of the settings: the page, WebSockets, shared files with their upkeep, and metrics. A failure is
 * a StartError with one sentence.
 */
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
  /** The address of the page for people: "http://192.168.1.5:6680/". */
  readonly url: string;
  /** The URL for uploads; undefined if file sharing is off. */
  readonly uploadUrl: string | undefined;
  /** The shared files on this machine. */
  readonly files: FileContents | undefined;
  close(): Promise<void>;
}

const pruneMs = 3_600_000;
/** A browser opens six sockets to load a page or files, and a WebSocket. */
const socketsPerPerson = 8;

/** Opens the web side; with `shared`, machines exchange files. Rejects with a StartError. */
export async function openWeb(
  hub: Hub,
  stream: StreamOptions,
  shared?: SharedFileContents,
): Promise<WebSide> {
  const { host, webPort, webOrigin, webAddress, limit, perAddress, data, ephemeral, uploadSize } =
    hub.chat.settings;
  if (webAddress !== undefined && !/^https?:$/.test(URL.parse(webAddress)?.protocol ?? "")) {
    throw new StartError(
      `Cannot use --web-address "${webAddress}": write an address such as https://chat.example`,
      exitCodes.usage,
    );
  }
  const folder = new UploadFolder(ephemeral ? temporaryFolder() : `${data}/files`);
  const routes = uploadSize > 0 ? new UploadRoutes(hub, folder, shared) : undefined;
  const files = routes?.files;
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
      routes: [metricRoute(hub, () => !isStopping), ...(routes ? [routes.route] : [])],
      onError,
    });
    const [name = host] = reachableHosts(host);
    const url = webAddress?.replace(/\/*$/, "/") ?? `http://${name}:${listener.port}/`;
    const pruning = setInterval(() => files?.prune().catch(onError), pruneMs);
    void files?.prune().then(() => files.exchangeMissing()).catch(onError);
    return {
      port: listener.port,
      url,
      uploadUrl: files && `${url}upload`,
      files,
      async close() {
        isStopping = true;
        clearInterval(pruning);
        await listener.close();
        if (ephemeral) folder.clear();
      },
    };
  } catch (error) {
    const { reason } = new ListenError(host, webPort, error);
    throw new StartError(
      `Cannot listen on ${host}:${webPort} for the page: ${reason}; choose another port with --web-port, or use --web off`,
      exitCodes.unavailable,
    );
  }
}

/** A random name; the folder is created with the first file. */
function temporaryFolder(): string {
  const parent = Deno.env.get("TMPDIR") ?? Deno.env.get("TEMP") ?? "/tmp";
  return `${parent}/parley-files-${crypto.randomUUID()}`;
}
