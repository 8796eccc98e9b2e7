/** A site that shares files: its folder is a temporary one, and a test reaches its routes. */
import type { SharedFileContents } from "../../lib/server/chat/file_contents.ts";
import type { Settings } from "../../lib/server/settings/settings.ts";
import { UploadFolder } from "../../lib/server/web/upload_folder.ts";
import { UploadRoutes } from "../../lib/server/web/upload_routes.ts";
import type { Peer } from "./peer.ts";
import { type Site, startSite } from "./site.ts";

/** A site with files in a folder of its own. */
export async function fileSite(
  settings: Partial<Settings> = {},
  clock: { now?: () => number; monotonic?: () => number } = {},
  shared?: SharedFileContents,
): Promise<Site & { folder: string; routes: UploadRoutes }> {
  const folder = await Deno.makeTempDir();
  const late: { route?: UploadRoutes; url?: string } = {};
  const site = startSite({ settings, ...clock, uploadUrl: () => late.url }, {
    routes: [(...asked) => late.route?.route(...asked)],
  });
  const routes = late.route = new UploadRoutes(site.chat.hub, new UploadFolder(folder), {
    ...(shared && { shared }),
  });
  late.url = `${site.origin}/upload`;
  const { store } = site.chat.state;
  if (store !== undefined) store.files.onRemoved = (id) => routes.files.onRemoved(id);
  return {
    ...site,
    folder,
    routes,
    async [Symbol.asyncDispose]() {
      await site[Symbol.asyncDispose]();
      await Deno.remove(folder, { recursive: true });
    },
  };
}

/** A token from TOKEN GENERATE, requested like a client does. */
export async function token(peer: Peer): Promise<string> {
  peer.send("TOKEN GENERATE FILEHOST");
  const lines = await peer.lines();
  return lines.flatMap((line) => / TOKEN GENERATE \* (\S+)$/.exec(line)?.[1] ?? []).join("");
}

/** A token of the guest ann, who connects for it. */
export async function ann(site: Site): Promise<string> {
  return await token(await site.chat.peer("ann", { caps: ["batch"] }));
}
