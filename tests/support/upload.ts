/** Uploads to a real server, as a person who is connected to it. */
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
  const headers = { authorization: `Bearer ${token}`, ...(type !== undefined && { "content-type": type }) };
  return fetch(`http://127.0.0.1:${server.webPort}/upload`, { method: "POST", body, headers });
}
