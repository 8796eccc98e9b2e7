/** Uploads as a person who is connected: to a real server, and to any web side. */
import type { Peer } from "./peer.ts";
import type { RunningServer } from "./server.ts";

/** A token for uploads of this person. */
export async function uploadToken(person: Peer): Promise<string> {
  person.send("TOKEN GENERATE FILEHOST");
  return / TOKEN GENERATE \* (\S+)$/.exec(await person.next(/ TOKEN GENERATE \* /))?.[1] ?? "";
}

/** The answer to an upload; without a type none is sent. The caller reads or cancels the body. */
export function upload(
  server: RunningServer,
  token: string,
  body: BodyInit,
  type?: string,
): Promise<Response> {
  const headers = type === undefined ? {} : { "content-type": type };
  return post({ origin: `http://127.0.0.1:${server.webPort}` }, token, body, headers);
}

/** Sends a file to the web side at this origin. */
export function post(
  { origin }: { readonly origin: string },
  token: string,
  body: BodyInit,
  headers: Readonly<Record<string, string>> = {},
): Promise<Response> {
  const authorization = `Bearer ${token}`;
  return fetch(`${origin}/upload`, { method: "POST", body, headers: { authorization, ...headers } });
}
