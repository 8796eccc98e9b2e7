import { assertEquals } from "@std/assert";
import { parse } from "../../../lib/irc/message.ts";
import { auditLines } from "../../../lib/client/text/audit_lines.ts";

Deno.test("the acts of operators are a table", () => {
  const answer = [
    ":s NOTE AUDIT LISTED 2026-01-31T09:30:00.000Z ann ann 10.0.0.1 KILL bob :… ann (account ann, 10.0.0.1) KILL bob: spam: again",
    ":s NOTE AUDIT LISTED 2026-01-31T09:31:00.000Z root * 0::1 BACKUP * :… root (no account, 0::1) BACKUP",
    ":s NOTE AUDIT LISTED 2026-01-31T09:32:00.000Z zed ann * BAN a:bob :… BAN a:bob: \x02loud\x1b[31m",
    ":s NOTE AUDIT LIST_END 3 :3 acts of operators",
    ":s NOTE OTHER LISTED x :y",
  ].flatMap((line) => parse(line) ?? []);
  assertEquals(auditLines(answer), [
    "2026-01-31 09:30  ann          KILL    bob    spam: again",
    "2026-01-31 09:31  root (0::1)  BACKUP",
    "2026-01-31 09:32  zed (ann)    BAN     a:bob  loud␛[31m",
    "3 acts of operators",
  ]);
});
