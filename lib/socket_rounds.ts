/**
 * Work that lets sockets be read in between. While something waits to be run at once (an immediate, a microtask, an
 * accepted socket), Deno 2.9.6 looks at its sockets in each 61st round of its event loop only, so work in parts must
 * wait for a real round. A timer does that, but it takes 2.1 ms at least. A byte that this process sends to itself
 * arrives when the system was asked about all sockets: that takes 0.03 ms.
 *
 * Without openSocketRounds(), or without the permission to connect to this machine, the timer is used.
 */

const timerMs = 1;
const byte = new Uint8Array(1);

const waiting: (() => void)[] = [];
let bell: Deno.TcpConn | undefined;

/** Calls `act` when the sockets that were ready have been looked at. */
export function afterSockets(act: () => void): void {
  if (waiting.push(act) > 1) return;
  if (bell === undefined) setTimeout(run, timerMs);
  else bell.write(byte).catch(run);
}

function run(): void {
  for (const act of waiting.splice(0)) act();
}

/** Opens the connection of this process to itself, unless it may not. Dispose it at the end. */
export async function openSocketRounds(): Promise<Disposable> {
  const ends = await connectToSelf().catch(() => undefined);
  if (ends === undefined) return { [Symbol.dispose]() {} };
  const [sender, receiver] = ends;
  // It alone does not keep the process running.
  receiver.unref();
  bell = sender;
  void listen(sender, receiver);
  return {
    [Symbol.dispose]() {
      forget(sender);
      receiver.close();
    },
  };
}

async function listen(sender: Deno.TcpConn, receiver: Deno.TcpConn): Promise<void> {
  const bytes = new Uint8Array(64);
  try {
    while (await receiver.read(bytes) !== null) run();
  } catch {
    // It is closed.
  }
  forget(sender);
}

/** From now on the timer is used, also for those that wait. */
function forget(sender: Deno.TcpConn): void {
  if (bell !== sender) return;
  bell = undefined;
  sender.close();
  if (waiting.length > 0) setTimeout(run, timerMs);
}

async function connectToSelf(): Promise<[Deno.TcpConn, Deno.TcpConn] | undefined> {
  const hostname = "127.0.0.1";
  if (Deno.permissions.querySync({ name: "net", host: hostname }).state !== "granted") return undefined;
  using listener = Deno.listen({ hostname, port: 0 });
  const sender = await Deno.connect({ hostname, port: listener.addr.port });
  sender.setNoDelay();
  for (;;) {
    const receiver = await listener.accept();
    if (receiver.remoteAddr.port === sender.localAddr.port) return [sender, receiver];
    // A stranger found the port.
    receiver.close();
  }
}
