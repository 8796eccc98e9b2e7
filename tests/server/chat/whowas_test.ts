/** The ring of users that gave up a nick. */
import { assertEquals } from "@std/assert";
import { UserState } from "../../../lib/server/chat/user.ts";
import { WhowasState } from "../../../lib/server/chat/whowas.ts";

function user(nick: string, realname: string): UserState {
  const record = {
    id: nick,
    nick,
    username: "~u",
    realname,
    host: "h",
    address: "10.0.0.1",
    secure: false,
    modes: "",
  };
  return new UserState(record, 0, 0);
}

Deno.test("Whowas gives the newest entries first, in upper or lower case, at most as many as asked for", () => {
  const whowas = new WhowasState(10);
  whowas.add(user("ann", "one"), 1);
  whowas.add(user("bob", "two"), 2);
  whowas.add(user("Ann", "three"), 3);
  assertEquals(whowas.find("ANN").map((one) => one.realname), ["three", "one"]);
  assertEquals(whowas.find("ann", 1).map((one) => one.atMs), [3]);
  assertEquals(whowas.find("cat"), []);
});

Deno.test("Whowas replaces the oldest entry when it is full", () => {
  const whowas = new WhowasState(3);
  for (let at = 1; at <= 5; at++) whowas.add(user("ann", String(at)), at);
  assertEquals(whowas.find("ann").map((one) => one.realname), ["5", "4", "3"]);
});

Deno.test("Whowas of size 0 remembers no user", () => {
  const whowas = new WhowasState(0);
  whowas.add(user("ann", "one"), 1);
  assertEquals(whowas.find("ann"), []);
});
