/**
 * The comparison of the WebSocket bench: a relay with npm's `ws` that does the least a chat does. Each message goes
 * unchanged to all others; it parses nothing and stores nothing.
 *
 *     deno run -A tests/bench/ws_relay.ts PORT
 */
import { type WebSocket, WebSocketServer } from "ws";

const server = new WebSocketServer({
  host: "127.0.0.1",
  port: Number(Deno.args[0]),
  perMessageDeflate: false,
});
server.on("connection", (socket: WebSocket) => {
  socket.send("welcome");
  socket.on("error", () => {});
  socket.on("message", (data: Uint8Array) => {
    for (const other of server.clients) if (other !== socket) other.send(data, { binary: false });
  });
});
