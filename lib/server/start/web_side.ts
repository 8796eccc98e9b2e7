/**
 * Opens the web side of the settings: the page, WebSockets, shared files with their upkeep, and metrics. A failure is
 * a StartError with one sentence.
 */
import { errorText } from "../chat/error_text.ts";
import type { FileContents, SharedFileContents } from "../chat/file_contents.ts";
import type { Hub } from "../hub/hub.ts";
import { ListenError } from "../../net/listen.ts";
import { plainOrigin } from "../web/cross_origin.ts";
import { JoinedPage } from "../web/joined_page.ts";
import { UploadRoutes } from "../web/upload_routes.ts";
import { messageRoute } from "../web/message_route.ts";
import { metricRoute } from "../web/metrics.ts";
import { failureLog } from "../web/request_log.ts";
import { UploadFolder } from "../web/upload_folder.ts";
import { startWeb } from "../web/web.ts";
import { ownNames, reachableHosts } from "./addresses.ts";
import { reportFailure, type SharedParts } from "./listeners.ts";
import { RequestRates } from "./request_rates.ts";
import { temporaryParent } from "./permissions.ts";
import { exitCodes, StartError } from "./start_error.ts";

/** A listening web side. */
export interface WebSide {
  readonly port: number;
  /** The address of the page for people: "http://192.168.1.5:6680/". */
  readonly url: string;
  /** The URL for uploads; undefined if file sharing is off. */
  readonly uploadUrl: string | undefined;
  /** The shared files on this machine. */
  readonly files: FileContents | undefined;
  /** Open sockets, including WebSockets. */
  readonly connections: number;
  /** Stops accepting and cuts requests; the hub closes WebSockets. */
  close(): Promise<void>;
}

const pruneMs = 3_600_000;
/**
 * After a start, people who come back have the server for this time. Then the page is prepared, or earlier when a browser
 * asks for it: the first start of a version joins its modules, which takes seconds of a core.
 */
const prepareMs = 10_000;
/** A browser opens six sockets to load a page or files, and a WebSocket. */
const socketsPerPerson = 8;

/** Opens the web side; with `shared`, machines exchange files. Throws a StartError. */
export function openWeb(
  hub: Hub,
  { stream, limits, proxies }: SharedParts,
  shared?: SharedFileContents,
): WebSide {
  const { host, webPort, webOrigin, webAddress, perAddress, data, ephemeral, uploadSize } = hub.chat.settings;
  const address = webAddress === undefined ? undefined : pageAddress(webAddress);
  const folder = new UploadFolder(ephemeral ? temporaryFolder() : `${data}/files`);
  const routes = uploadSize > 0 ? new UploadRoutes(hub, folder, { limits, shared }) : undefined;
  const files = routes?.files;
  const onError = (error: unknown) => hub.chat.log("error", `The web side failed: ${errorText(error)}`);
  const page = openPage(hub);
  let isStopping = false;
  try {
    const listener = startWeb({
      hostname: host,
      port: webPort,
      limits,
      maxPerPeer: perAddress * socketsPerPerson,
      isTrustedProxy: proxies.isTrusted,
      admitRequest: new RequestRates(hub.chat.settings, () => hub.chat.clock.monotonic()).admit,
      onUntrustedProxy: (peer, sign) => proxies.advise(peer, sign),
      stream,
      origins: [...webOrigin.map(allowedOrigin), ...(address ? [address.origin] : [])],
      basePath: address?.pathname ?? "/",
      names: ownNames(hub.chat.settings),
      onConnection: (connection) => void hub.attach(connection),
      routes: [
        metricRoute(hub, () => !isStopping),
        messageRoute(hub.chat),
        ...(routes ? [routes.route] : []),
      ],
      page,
      onError,
      onAnswered: failureLog(hub.chat),
      onAcceptError: (error) => reportFailure(hub, error),
    });
    const [name = host] = reachableHosts(host);
    const url = address?.href ?? `http://${name}:${listener.port}/`;
    const stopUpkeep = startUpkeep(page, files, onError);
    return {
      port: listener.port,
      url,
      uploadUrl: files && `${url}upload`,
      files,
      get connections() {
        return listener.connections;
      },
      async close() {
        isStopping = true;
        stopUpkeep();
        await listener.close();
        await page.close();
        if (ephemeral) folder.clear();
      },
    };
  } catch (error) {
    throw explain(error, host, webPort);
  }
}

function openPage(hub: Hub): JoinedPage {
  return new JoinedPage((fault) =>
    hub.chat.log("warning", `Cannot join the modules of the page, so browsers load them one by one: ${fault}`)
  );
}

/** Prepares the page, and removes old files now and then; the returned function stops both. */
function startUpkeep(
  page: JoinedPage,
  files: UploadRoutes["files"] | undefined,
  onError: (error: unknown) => void,
): () => void {
  // An exchange can fail, for example while NATS has no space, so it is repeated.
  const tidy = () => void files?.prune().then(() => files.exchangeMissing()).catch(onError);
  const pruning = setInterval(tidy, pruneMs);
  tidy();
  const preparing = setTimeout(() => void page.prepare(), prepareMs);
  return () => {
    clearInterval(pruning);
    clearTimeout(preparing);
  };
}

/** An error of the start as a sentence, if it can be one. */
function explain(error: unknown, host: string, port: number): unknown {
  if (!(error instanceof ListenError)) return error;
  return new StartError(
    `Cannot listen on ${host}:${port} for the page: ${error.reason}; choose another port with --web-port, or use --web off`,
    exitCodes.unavailable,
  );
}

/** The address of the page, with a slash at its end. */
function pageAddress(text: string): URL {
  const url = URL.parse(text);
  if (url !== null && /^https?:$/.test(url.protocol) && url.search === "" && url.hash === "") {
    if (!url.pathname.endsWith("/")) url.pathname += "/";
    return url;
  }
  throw new StartError(
    `Cannot use --web-address "${text}": write an address such as https://chat.example`,
    exitCodes.usage,
  );
}

function allowedOrigin(text: string): string {
  const origin = plainOrigin(text);
  if (origin !== undefined) return origin;
  throw new StartError(
    `Cannot use --web-origin "${text}": write the start of an address, such as https://chat.example`,
    exitCodes.usage,
  );
}

/** A random name; the folder is created with the first file. */
function temporaryFolder(): string {
  return `${temporaryParent()}/parley-files-${crypto.randomUUID()}`;
}
