/** The accept loop beside connections that are open already. */
import { assert } from "@std/assert";
import { Acceptor } from "../../lib/net/accept.ts";
import type { StreamSocket } from "../../lib/net/stream.ts";
import { granted } from "../support/permissions.ts";

Deno.test(
  "while many sockets wait to be accepted, others are read",
  { ignore: !granted("net") },
  async () => {
    const count = 400;
    const accepted: StreamSocket[] = [];
    const all = Promise.withResolvers<void>();
    const read = Promise.withResolvers<number>();
    const acceptor = new Acceptor({
      hostname: "127.0.0.1",
      port: 0,
      onSocket(socket) {
        if (accepted.push(socket) === 1) {
          socket.read(new Uint8Array(1)).then(() => read.resolve(accepted.length), read.reject);
        }
        if (accepted.length === 50) void first.write(new Uint8Array(1));
        if (accepted.length === count) all.resolve();
        return undefined;
      },
      onError: all.reject,
    });
    const connect = () => Deno.connect({ hostname: "127.0.0.1", port: acceptor.port });
    const first = await connect();
    const others = await Promise.all(Array.from({ length: count - 1 }, connect));
    const before = await read.promise;
    await all.promise;
    assert(before < count, `read after ${before} of ${count}`);
    for (const socket of [first, ...others, ...accepted]) socket.close();
    await acceptor.close();
  },
);
