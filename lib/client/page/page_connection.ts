/** The connection of the page to the server that it came from, by WebSocket; one can be opened before the person joins. */
/// <reference lib="dom" />
import { EarlyConnection } from "../core/early_connection.ts";
import { basePath } from "../elements/base_path.ts";
import { connectWebSocket } from "../../net/browser_web_socket.ts";

const address = new URL(basePath, location.href.replace(/^http/, "ws")).href;

/** The connections of this page. */
export const connections = new EarlyConnection((signal) => connectWebSocket(address, signal));

// See page_life.ts: a page that was left does not read.
addEventListener("pagehide", () => connections.drop());
document.addEventListener("freeze", () => connections.drop());
