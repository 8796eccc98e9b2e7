/** A small proxy that adds TLS, and says so: it forwards bytes, each connection to one of its own. */
import { testCertificate } from "./certificate.ts";

/** A listening proxy. */
export interface TlsProxy extends AsyncDisposable {
  readonly port: number;
  /** Sets the port of the server; before that it accepts no connection. */
  lead(port: number): void;
  /** Closes its connections, and accepts no new one. */
  cut(): void;
}

/** How a proxy changes requests. */
export interface ProxyChanges {
  /** Names the server by its inner address, as nginx does by default. */
  readonly ownHost?: boolean;
  /** Removes this start of each path: "/chat". */
  readonly strip?: string;
}

/** Listens on a free port. */
export async function startTlsProxy(name: string, changes: ProxyChanges = {}): Promise<TlsProxy> {
  const { cert, key } = await testCertificate(name);
  const listener = Deno.listenTls({ hostname: "127.0.0.1", port: 0, cert, key });
  const { port } = listener.addr;
  let inner = 0;
  const open = new Set<Deno.Conn>();
  const pass = async (outer: Deno.TlsConn) => {
    const server = await Deno.connect({ hostname: "127.0.0.1", port: inner });
    for (const side of [outer, server]) open.add(side);
    const renamed = new TransformStream<Uint8Array<ArrayBuffer>, Uint8Array<ArrayBuffer>>({
      transform: (bytes, controller) => controller.enqueue(change(bytes, inner, changes)),
    });
    // If one side closes, the other closes too.
    await Promise.allSettled([
      outer.readable.pipeThrough(renamed).pipeTo(server.writable),
      server.readable.pipeTo(outer.writable),
    ]);
    for (const side of [outer, server]) open.delete(side);
  };
  const passing: Promise<void>[] = [];
  const accepting = (async () => {
    for await (const outer of listener) passing.push(pass(outer).catch(() => outer.close()));
  })();
  const cut = () => {
    inner = 0;
    for (const side of open) quietly(() => side.close());
  };
  return {
    port,
    lead: (to) => inner = to,
    cut,
    async [Symbol.asyncDispose]() {
      listener.close();
      cut();
      await Promise.allSettled([accepting, ...passing]);
    },
  };
}

function change(
  bytes: Uint8Array<ArrayBuffer>,
  port: number,
  { ownHost = false, strip = "" }: ProxyChanges,
): Uint8Array<ArrayBuffer> {
  const text = Array.from(bytes, (byte) => String.fromCharCode(byte)).join("");
  if (!/^[A-Z]+ \/\S* HTTP\/1\.1\r\n/.test(text)) return bytes;
  const secure = text.replace(/\r\n/, "\r\nX-Forwarded-For: 10.1.2.3\r\nX-Forwarded-Proto: https\r\n");
  const named = ownHost ? secure.replace(/^host: .*$/im, `Host: 127.0.0.1:${port}`) : secure;
  return Uint8Array.from(named.replace(` ${strip}/`, " /"), (letter) => letter.charCodeAt(0));
}

function quietly(act: () => void): void {
  try {
    act();
  } catch {
    // It was closed already.
  }
}
