import { assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { connectWebSocket } from "../../lib/net/browser_web_socket.ts";
import { granted } from "../support/permissions.ts";

Deno.test({
  name: "a page over TLS says how to find out that the certificate is wrong",
  ignore: !granted("net"),
  async fn() {
    const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
    const { port } = listener.addr;
    listener.close();
    const failure = (scheme: string) =>
      assertRejects(() => connectWebSocket(`${scheme}://127.0.0.1:${port}/`), Error);
    const { message: plain } = await failure("ws");
    const { message: secure } = await failure("wss");
    assertEquals(plain, `Cannot reach 127.0.0.1:${port}`);
    assertStringIncludes(secure, `${plain}. If this lasts, load the page again`);
  },
});
