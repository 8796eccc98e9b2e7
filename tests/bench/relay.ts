/**
 * The bare relay, a lower bound for the others: the least that a chat server of this kind does. It accepts, reads bytes
 * and writes the same bytes to all other connections, together for all that was read in one turn of the event loop.
 * It parses nothing, knows no IRC and has no limits: never use it as a server.
 *
 *     deno run --allow-net tests/bench/relay.ts PORT
 */

interface Client {
  readonly socket: Deno.TcpConn;
  /** Has read something in this turn, so it gets a copy without its own bytes. */
  spoke: boolean;
  writing: boolean;
  /** Bytes that arrived during a write. */
  behind: Uint8Array[];
}

interface Heard {
  readonly from: Client;
  readonly bytes: Uint8Array;
}

const readBytes = 4096;
const welcome = new TextEncoder().encode("welcome\r\n");
const clients = new Set<Client>();
let turn: Heard[] = [];

const listener = Deno.listen({ hostname: "127.0.0.1", port: Number(Deno.args[0]), tcpBacklog: 4096 });
for await (const socket of listener) {
  socket.setNoDelay(true);
  serve({ socket, spoke: false, writing: false, behind: [] });
}

async function serve(client: Client): Promise<void> {
  clients.add(client);
  deliver(client, welcome);
  const buffer = new Uint8Array(readBytes);
  try {
    for (;;) {
      const count = await client.socket.read(buffer);
      if (count === null) break;
      if (turn.length === 0) setImmediate(flush);
      turn.push({ from: client, bytes: buffer.slice(0, count) });
      client.spoke = true;
    }
  } catch {
    // The connection has ended.
  }
  clients.delete(client);
}

function flush(): void {
  const heard = turn;
  turn = [];
  const whole = join(heard);
  for (const client of clients) {
    deliver(client, client.spoke ? join(heard.filter(({ from }) => from !== client)) : whole);
    client.spoke = false;
  }
}

async function deliver(client: Client, bytes: Uint8Array): Promise<void> {
  if (bytes.length === 0) return;
  if (client.writing) {
    client.behind.push(bytes);
    return;
  }
  client.writing = true;
  try {
    for (let rest = bytes; rest.length > 0; rest = next(client, rest, await client.socket.write(rest)));
  } catch {
    clients.delete(client);
  }
  client.writing = false;
}

/** The bytes to write after the first `count` bytes of `rest`. */
function next(client: Client, rest: Uint8Array, count: number): Uint8Array {
  if (count < rest.length) return rest.subarray(count);
  const behind = client.behind.map((bytes) => ({ from: client, bytes }));
  client.behind = [];
  return join(behind);
}

function join(heard: readonly Heard[]): Uint8Array {
  if (heard.length === 1 && heard[0]) return heard[0].bytes;
  const whole = new Uint8Array(heard.reduce((sum, { bytes }) => sum + bytes.length, 0));
  let at = 0;
  for (const { bytes } of heard) {
    whole.set(bytes, at);
    at += bytes.length;
  }
  return whole;
}
