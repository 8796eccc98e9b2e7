/** Pages of other sites: an allowed origin can do all that our own page can do, on errors too; others get nothing. */
import { assertEquals } from "@std/assert";
import { plainOrigin } from "../../../lib/server/web/cross_origin.ts";
import { UploadFolder } from "../../../lib/server/web/upload_folder.ts";
import { UploadRoutes } from "../../../lib/server/web/upload_routes.ts";
import type { Route } from "../../../lib/server/web/web.ts";
import { type Site, siteStory } from "../../support/site.ts";

Deno.test("an origin has the form in which browsers send it", () => {
  const cases: Record<string, string | undefined> = {
    "https://chat.example": "https://chat.example",
    "HTTPS://Chat.Example:443/": "https://chat.example",
    "http://chat.example:8080": "http://chat.example:8080",
    "http://[::1]:80": "http://[::1]",
    "https://bücher.example": "https://xn--bcher-kva.example",
    "capacitor://localhost": "capacitor://localhost",
    "https://chat.example/page": undefined,
    "https://ann@chat.example": undefined,
    "chat.example": undefined,
    "*": undefined,
    "": undefined,
  };
  for (const [text, origin] of Object.entries(cases)) assertEquals(plainOrigin(text), origin, text);
});

const friend = "https://friend.example";
const web = { origins: [friend] };

/** Requests of a page, with the header that names its origin. */
async function ask(
  site: Site,
  path: string,
  { origin = friend, method = "GET", headers = {}, body }: {
    readonly origin?: string;
    readonly method?: string;
    readonly headers?: Record<string, string>;
    readonly body?: string;
  } = {},
): Promise<Response> {
  const answer = await fetch(site.origin + path, {
    method,
    headers: { origin, ...headers },
    ...(body !== undefined && { body }),
  });
  await answer.body?.cancel();
  return answer;
}

siteStory("a page of an allowed origin can ask before it sends a file", { web }, async (site) => {
  const headers = {
    "access-control-request-method": "POST",
    "access-control-request-headers": "authorization,content-disposition,x-own",
  };
  for (const path of ["/upload", "/files/x/tea.png", "/"]) {
    const answer = await ask(site, path, { method: "OPTIONS", headers });
    assertEquals(answer.status, 204);
    assertEquals(answer.headers.get("access-control-allow-origin"), friend);
    assertEquals(answer.headers.get("access-control-allow-credentials"), "true");
    assertEquals(
      answer.headers.get("access-control-allow-headers"),
      headers["access-control-request-headers"],
    );
    assertEquals(answer.headers.get("access-control-allow-methods"), "DELETE, GET, HEAD, OPTIONS, POST");
  }
});

const late: { route?: Route } = {};
const withFiles = { web: { ...web, routes: [(...asked: Parameters<Route>) => late.route?.(...asked)] } };

siteStory("a page of an allowed origin can read each answer, also a refusal", withFiles, async (site) => {
  late.route = new UploadRoutes(site.chat.hub, new UploadFolder("/nonexistent")).route;
  const requests: [path: string, status: number, request: Parameters<typeof ask>[2]][] = [
    ["/", 200, {}],
    ["/upload", 204, { method: "OPTIONS" }],
    ["/upload", 401, { method: "POST", body: "tea" }],
    ["/upload", 401, { method: "POST", body: "tea", headers: { authorization: "Bearer wrong" } }],
    ["/upload", 405, {}],
    ["/files/x/tea.png", 404, {}],
    ["/files/x/tea.png", 404, { method: "HEAD" }],
    ["/nothing", 404, {}],
    ["/nothing", 405, { method: "DELETE" }],
    ["/%E0", 400, {}],
  ];
  for (const [path, status, request] of requests) {
    const answer = await ask(site, path, request);
    assertEquals(answer.status, status, path);
    assertEquals(answer.headers.get("access-control-allow-origin"), friend, `${path} ${status}`);
    assertEquals(answer.headers.get("vary"), "Origin");
  }
});

siteStory("a page of another origin cannot read an answer", { web }, async (site) => {
  for (const origin of ["https://friend.example.evil.example", "http://friend.example", "null"]) {
    for (const method of ["GET", "OPTIONS"]) {
      const headers = { "access-control-request-method": "POST" };
      const answer = await ask(site, "/upload", { origin, method, headers });
      assertEquals(answer.headers.get("access-control-allow-origin"), null);
      assertEquals(answer.headers.get("vary"), "Origin");
    }
  }
});
