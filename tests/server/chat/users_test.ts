/** The counts of users follow every change of a user, and say what a walk over all users says. */

import { assert, assertEquals, assertFalse } from "@std/assert";
import fc from "fast-check";
import { type UserRecord, UserState } from "../../../lib/server/chat/user.ts";
import { UsersState } from "../../../lib/server/chat/users.ts";

function user(id: string, { modes = "", host = "host" }: Partial<UserRecord> = {}): UserState {
  const names = { id, nick: id, username: "u", realname: "r" };
  return new UserState({ ...names, host, address: "10.0.0.1", secure: false, modes }, 0, 0);
}

Deno.test("the counts of modes and hosts are those of a walk over all users", () => {
  const change = fc.record({
    id: fc.constantFrom("a", "b", "c", "d"),
    act: fc.constantFrom("arrive", "leave", "add", "remove", "host", "clear"),
    letter: fc.constantFrom("i", "o", "B"),
    host: fc.constantFrom("one", "two"),
  });
  fc.assert(fc.property(fc.array(change, { maxLength: 60 }), (changes) => {
    const users = new UsersState();
    for (const { id, act, letter, host } of changes) {
      const one = users.get(id);
      if (act === "arrive") users.set(id, user(id, { modes: letter, host }));
      else if (act === "leave") users.delete(id);
      else if (act === "clear") users.clear();
      else if (act === "add") one?.addMode(letter);
      else if (act === "remove") one?.removeMode(letter);
      else one?.changeHost(host);
    }
    const all = [...users.values()];
    for (const letter of "ioB") {
      assertEquals(users.countMode(letter), all.filter(({ modes }) => modes.has(letter)).length);
    }
    for (const host of ["one", "two"]) {
      assertEquals(
        users.hasHost(host),
        all.some((one) => one.host === host),
      );
    }
  }));
});

Deno.test("a user that left is not counted any more, whatever happens to it", () => {
  const users = new UsersState();
  const ann = user("ann");
  users.set("ann", ann);
  users.delete("ann");
  ann.addMode("i");
  ann.changeHost("other");
  assertEquals(users.countMode("i"), 0);
  assertFalse(users.hasHost("other"));
});

Deno.test("users with the same modes share one set", () => {
  const [ann, bob] = [user("ann", { modes: "Bi" }), user("bob")];
  for (const letter of "iB") bob.addMode(letter);
  assert(ann.modes === bob.modes);
  bob.removeMode("i");
  assertEquals([[...ann.modes], [...bob.modes]], [["B", "i"], ["B"]]);
});
