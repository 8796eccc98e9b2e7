/** The person behind a session: guests of one address share, also behind a proxy on this machine. */
import { assertEquals } from "@std/assert";
import { personOf } from "../../../lib/server/chat/person.ts";
import type { Session } from "../../../lib/server/chat/session.ts";

function guest(id: string, address: string, isLocal: boolean): Session {
  // The function reads nothing else of a session.
  return { id, user: undefined, connection: { address, isLocal } } as unknown as Session;
}

Deno.test("guests on this machine are different persons, guests behind a proxy on it are one", () => {
  const persons = [guest("1", "127.0.0.1", true), guest("2", "127.0.0.1", true)].map(personOf);
  assertEquals(persons, ["~1", "~2"]);
  const proxied = [guest("3", "127.0.0.1", false), guest("4", "127.0.0.1", false)].map(personOf);
  assertEquals(proxied, ["~127.0.0.1", "~127.0.0.1"]);
});
