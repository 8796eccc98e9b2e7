/**
 * Accounts, registered channels and saved values: readable at once and after a restart, also if the disk fails
 * meanwhile.
 */
import { assert, assertEquals, assertNotEquals } from "@std/assert";
import type { AccountRow } from "../../../lib/server/store/accounts.ts";
import { row } from "../../../lib/server/store/conversation.ts";
import { openStore, type Store } from "../../../lib/server/store/store.ts";
import { temporaryFolder } from "../../support/folder.ts";
import { granted } from "../../support/permissions.ts";

const ignore = !granted("read", "write");
const ann: AccountRow = { name: "Ann", verifier: "v1", role: "", suspended: undefined, createdMs: 5 };
const tea = { name: "#Tea", founder: "Ann", usedMs: 7, state: "{}" };

Deno.test("an account is found at once in any case, before and after it is saved", () => {
  using store = openStore();
  store.accounts.save(ann);
  assertEquals(store.accounts.find("ANN"), ann);
  assert(store.commit());
  assertEquals(store.accounts.find("aNN"), ann);
  assertEquals(store.accounts.find("bob"), undefined);
});

Deno.test("an account changes in place; the last change counts", () => {
  using store = openStore();
  store.accounts.save(ann);
  store.accounts.save({ ...ann, role: "owner" });
  store.commit();
  store.accounts.save({ ...ann, role: "operator", suspended: "spam" });
  assertEquals(store.accounts.all(), [{ ...ann, role: "operator", suspended: "spam" }]);
  store.commit();
  assertEquals(store.accounts.all(), [{ ...ann, role: "operator", suspended: "spam" }]);
});

Deno.test("the role of an account follows each change, and a restart", { ignore }, () => {
  using place = temporaryFolder();
  {
    using store = openStore({ folder: place.folder });
    const roleAfter = (changes: Partial<AccountRow>) => {
      store.accounts.save({ ...ann, role: "owner", ...changes });
      return store.accounts.roleOf("ANN");
    };
    assertEquals(store.accounts.roleOf("ann"), "");
    assertEquals([roleAfter({}), roleAfter({ suspended: "spam" }), roleAfter({ verifier: "" })], [
      "owner",
      "",
      "",
    ]);
    assertEquals([roleAfter({ role: "" }), roleAfter({ role: "operator" })], ["", "operator"]);
    store.accounts.save({ ...ann, name: "bob", role: "operator", suspended: "" });
  }
  using store = openStore({ folder: place.folder });
  assertEquals(["ann", "bob", "cat"].map((name) => store.accounts.roleOf(name)), ["operator", "", ""]);
  store.accounts.remove("ann");
  assertEquals(store.accounts.roleOf("ann"), "");
});

Deno.test({
  name: "an account that looks alike is found before and after a restart, also a deleted one",
  ignore,
  fn() {
    using place = temporaryFolder();
    const names = ["ann[", "bob\\", "cat^", "dan]", "eve|", "plain", "сосо", "pauI", "burn", "Adm1n"];
    {
      using store = openStore({ folder: place.folder });
      for (const name of names) {
        const role = name === "Adm1n" ? "operator" : "";
        store.accounts.save({ ...ann, name, role, verifier: name === "cat^" ? "" : "v" });
      }
      assertEquals(store.accounts.findAlike("ANN{").map(({ name }) => name), ["ann["]);
    }
    using store = openStore({ folder: place.folder });
    const asked = [
      "Ann{",
      "BOB|",
      "cat~",
      "dan}",
      "eve\\",
      "pl\u0430in",
      "coco",
      "paul",
      "bu\u0433\u0578",
      "admin",
    ];
    const found = asked.map((name) => store.accounts.findAlike(name)[0]?.name);
    assertEquals(found, names);
    assertEquals(["plain", "ann["].flatMap((name) => store.accounts.findAlike(name)), []);
    store.accounts.remove("ann[");
    assertEquals(store.accounts.findAlike("ann{"), []);
  },
});

Deno.test("all() includes unsaved rows", () => {
  using store = openStore();
  store.channels.save(tea);
  store.channels.save({ ...tea, name: "#den" });
  store.commit();
  store.channels.remove("#TEA");
  store.channels.save({ ...tea, name: "#den", state: "new" });
  store.channels.save({ ...tea, name: "#nook" });
  assertEquals(store.channels.all().map(({ name, state }) => `${name} ${state}`), ["#den new", "#nook {}"]);
  store.commit();
  assertEquals(store.channels.all().map(({ name, state }) => `${name} ${state}`), ["#den new", "#nook {}"]);
});

Deno.test({ name: "accounts, channels and secrets survive a restart", ignore, fn: restart });

function restart(): void {
  const folder = Deno.makeTempDirSync();
  const within = <T>(act: (store: Store) => T): T => {
    using store = openStore({ folder });
    return act(store);
  };
  try {
    const secret = within((store) => {
      store.accounts.save(ann);
      store.channels.save(tea);
      return store.savedValues.secret("decoys");
    });
    within((store) => {
      assertEquals(store.accounts.all(), [ann]);
      assertEquals(store.channels.all(), [tea]);
      assertEquals(store.savedValues.secret("decoys"), secret);
      assertNotEquals(store.savedValues.secret("other"), secret);
      store.savedValues.save("other", undefined);
      assertEquals(store.savedValues.find("other"), undefined);
    });
  } finally {
    Deno.removeSync(folder, { recursive: true });
  }
}

Deno.test("the numbers of rounds follow each change of an account", () => {
  using store = openStore();
  const verifier = (rounds: number) => `SCRAM-SHA-256$${rounds}:c2FsdA==$a:b`;
  const save = (name: string, rounds: number) =>
    store.accounts.save({ name, verifier: verifier(rounds), role: "", suspended: undefined, createdMs: 1 });
  for (const name of ["ann", "bob", "eve"]) save(name, 4096);
  save("Bob", 10_000);
  assertEquals(store.accounts.countRounds(), [[10_000, 1], [4096, 2]]);
  store.commit();
  store.accounts.save({ name: "ann", verifier: "", role: "", suspended: undefined, createdMs: 1 });
  store.accounts.remove("bob");
  assertEquals(store.accounts.countRounds(), [[4096, 1]]);
  store.commit();
  // The table has the same numbers for the next start.
  const stored = store.database.prepareArrays("SELECT rounds, accounts FROM verifier_rounds ORDER BY rounds");
  assertEquals(stored.all().map((one) => [...row(one)]), [[4096, 1], [10_000, 0]]);
});
