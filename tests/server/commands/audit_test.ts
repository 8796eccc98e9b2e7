/** AUDIT: each act of a server operator is kept, on every machine and after a restart, and nobody can remove it. */
import { assert, assertEquals } from "@std/assert";
import { makeOwnerCode } from "../../../lib/server/hub/owner_code.ts";
import { Clock } from "../../../lib/irc/clock.ts";
import { firstStamp } from "../../../lib/irc/stamp.ts";
import { openStore } from "../../../lib/server/store/store.ts";
import { password, registered } from "../../support/account.ts";
import { startMachines } from "../../support/machine_pair.ts";
import { visit } from "../../support/memory_connection.ts";
import { story } from "../../support/story.ts";
import { ask } from "../../support/transcript.ts";

/** "ROLE bob operator" for each act of an answer: its kind, its target and its reason. */
function told(lines: readonly string[]): string[] {
  return lines.flatMap((line) => {
    const [, rest] = / NOTE AUDIT LISTED (?:\S+ ){4}(.*)/.exec(line) ?? [];
    const [context = "", sentence = ""] = rest?.split(" :") ?? [];
    const [, reason = ""] = /: (.*)/.exec(sentence) ?? [];
    return rest === undefined ? [] : [`${context} ${reason}`.trim()];
  });
}

story("AUDIT lists what operators did, with the time, the operator and the reason", {
  settings: { nickLetters: "ascii" },
}, async (chat) => {
  const ann = await registered(chat, "ann");
  const bob = await registered(chat, "bob");
  await chat.peer("cat");
  await ask(bob, "JOIN #tea", "MODE #tea +r");
  await ask(ann, `OWNER ${await makeOwnerCode(chat.hub, false)}`);
  await ask(
    ann,
    `ACCOUNT CREATE dan ${password}`,
    `ACCOUNT RESET dan ${password}!`,
    "ACCOUNT SUSPEND dan :too loud",
    "ACCOUNT RESTORE dan",
    "ACCOUNT ROLE dan operator",
    "FOUNDER #tea dan",
    "CHGHOST cat tea.example",
    "KILL cat :spam spam",
    "UBAN ADD 10.1.2.3 :open relay",
    "UBAN DEL 10.1.2.3",
    "WALLOPS :words of ann",
    "REHASH",
    "MODE #tea -r",
  );
  await ask(ann, "JOIN #tea", "MODE #tea -r");
  const lines = await ask(ann, "AUDIT");
  assertEquals(told(lines), [
    "OWNER ann",
    "CREATE dan",
    "RESET dan",
    "SUSPEND dan too loud",
    "RESTORE dan",
    "ROLE dan operator",
    "FOUNDER #tea dan",
    "CHGHOST cat tea.example",
    "KILL cat spam spam",
    "BAN 10.1.2.3 open relay",
    "UNBAN 10.1.2.3",
    "WALLOPS *",
    "REHASH *",
    "UNREGISTER #tea dan",
  ]);
  const kill = lines.find((line) => line.includes("KILL")) ?? "";
  assert(
    /LISTED \d{4}-\d\d-\d\dT\S+Z ann ann 127\.0\.0\.1 KILL cat :\S+ \S+ ann \(account ann, /.test(kill),
    kill,
  );
  assertEquals(lines.at(-1), ":chat.test NOTE AUDIT LIST_END 14 :14 acts of operators");
  assertEquals(told(await ask(ann, "AUDIT *ban 5")), ["BAN 10.1.2.3 open relay", "UNBAN 10.1.2.3"]);
  assertEquals(
    (await ask(ann, "AUDIT dan 1")).slice(-2).map((line) => line.replace(/.* :(\S+ \S+ ann )?/, "")),
    [
      "(account ann, 127.0.0.1) ROLE dan: operator",
      "1 act of operators; there are older ones: AUDIT dan 4",
    ],
  );
  assertEquals((await ask(bob, "AUDIT")).slice(-1), [
    ":chat.test 481 bob :Permission Denied- You're not an IRC operator",
  ]);
  assert(!lines.join().includes("words of ann"));
  await ask(ann, `ACCOUNT DELETE ${password}`);
  assertEquals(chat.state.store?.audit.page(Infinity, 1).map(({ act, reason }) => [act, reason]), [
    ["ACCOUNT_DELETED", "owner"],
  ]);
});

Deno.test("both machines keep an act, and a machine that joins later gets all", async () => {
  using one = openStore();
  using other = openStore();
  const [first] = startMachines([one, other]);
  await using ann = await visit(first.hub, "10.1.1.1", "ann");
  await first.commit({
    kind: "user modes set",
    user: first.chat.find("ann")?.id ?? "",
    added: "o",
    removed: "",
    operator: { name: "root", machine: "a-", key: "k" },
  });
  await ask(ann, "UBAN ADD 10.1.2.3 :spam", "REHASH");
  const kept = one.audit.all();
  assertEquals(kept.map(({ act, target }) => `${act} ${target}`), ["OPER root", "BAN 10.1.2.3", "REHASH a-"]);
  assertEquals(other.audit.all(), kept);
  using later = openStore();
  later.transfer().replaceState({ ...one.transfer().state(() => false), audit: kept }, 0);
  assertEquals(later.audit.all(), kept);
});

Deno.test("acts go by age only, and the same event keeps one act", () => {
  let nowMs = Date.UTC(2026, 10, 23);
  const clock = new Clock({ now: () => nowMs, monotonic: () => nowMs });
  using store = openStore({ clock, auditKeepMs: 86_400_000 });
  const act = { act: "KILL", nick: "ann", account: undefined, address: "", target: "bob", reason: "" };
  for (const stamp of [firstStamp(nowMs), firstStamp(nowMs), firstStamp(nowMs + 50_000_000)]) {
    store.audit.save({ ...act, stamp });
  }
  store.upkeepStep();
  assertEquals(store.audit.all().length, 2);
  nowMs += 90_000_000;
  store.upkeepStep();
  assertEquals(store.audit.all().length, 1);
});
