/** Errors that no code handles, in a process of their own: they would end the test too. */
import { assertEquals, assertMatch } from "@std/assert";
import { isConnectionError } from "../../../lib/server/start/unhandled_errors.ts";
import { granted } from "../../support/permissions.ts";

const file = new URL("../../../lib/server/start/unhandled_errors.ts", import.meta.url).href;

Deno.test({
  name: "an error of a socket to which nobody listens is logged once, and another one ends the process",
  ignore: !granted("run"),
  async fn() {
    const script = `
      import { connect } from "node:net";
      import { logConnectionErrors } from "${file}";
      logConnectionErrors((level, text) => console.log(level, text));
      const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
      const { port } = listener.addr;
      listener.close();
      connect(port, "127.0.0.1").on("close", () => connect(port, "127.0.0.1").on("close", () => {
        console.log("continues");
        setTimeout(() => { throw new Error("A mistake of our own"); });
      }));`;
    const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
      args: ["eval", script],
      env: { NO_COLOR: "1" },
    }).output();
    const words = new TextDecoder().decode(stdout);
    assertMatch(
      words,
      /^error A connection that is not used any more failed: .*ECONNREFUSED.*\ncontinues\n$/,
      "it is logged once",
    );
    assertMatch(new TextDecoder().decode(stderr), /Uncaught .*A mistake of our own/);
    assertEquals(code, 1);
  },
});

Deno.test("errors of connections have a code of the system, as node:net and Deno give it", () => {
  assertEquals(isConnectionError(Object.assign(new Error("write EPIPE"), { code: "EPIPE" })), true);
  assertEquals(isConnectionError(Object.assign(new Error("no space"), { code: "ENOSPC" })), false);
  assertEquals(isConnectionError(new Error("EPIPE")), false);
  assertEquals(isConnectionError("EPIPE"), false);
});
