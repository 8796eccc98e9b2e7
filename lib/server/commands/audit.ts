/** AUDIT: lists the acts of server operators. apply/audit.ts keeps them; no command changes or deletes them. */
import { shownAddress } from "../../irc/address.ts";
import { compileMask } from "../../irc/compiled_mask.ts";
import { fold } from "../../irc/names.ts";
import { stampTime } from "../../irc/stamp.ts";
import { nextTurn } from "../../turns.ts";
import type { Act } from "../chat/audit.ts";
import { personOf } from "../chat/person.ts";
import { fail, isRefusal } from "../chat/refusal.ts";
import type { Call, CommandTable } from "../hub/command.ts";
import { standardReply } from "../render/reply.ts";
import type { AuditRow } from "../store/audit.ts";

/** The commands of this file. */
export const auditCommands: CommandTable = {
  AUDIT: {
    oper: true,
    usage: "[<mask>] [<limit>]",
    help:
      "Lists the newest acts of server operators; a mask such as ann, *tea* or KILL is compared with the nick, account, target and kind of each act",
    run: audit,
  },
};

const defaultLimit = 50;
const maxLimit = 1000;
/** Acts that are read at once, in less than a millisecond. */
const pageSize = 500;

async function audit(call: Call): Promise<void> {
  const { session, params } = call;
  const [mask, limit] = parametersOf(params);
  // One more than the limit shows that there are more.
  const found = await find(call, mask, limit + 1);
  for (const one of found.slice(0, limit).reverse()) {
    const { nick, account = "*", act, target } = one;
    const address = shownAddress(one.address);
    const words = sentence(one);
    standardReply(
      session,
      "NOTE",
      "AUDIT",
      "LISTED",
      stampTime(one.stamp),
      nick,
      account,
      address,
      act,
      target,
      words,
    );
    await session.awaitSpace();
  }
  const count = Math.min(found.length, limit);
  const acts = count === 1 ? "1 act" : `${count} acts`;
  const older = `; there are older ones: AUDIT ${mask} ${Math.min(limit * 4, maxLimit)}`;
  const words = `${acts} of operators${found.length > limit ? older : ""}`;
  standardReply(session, "NOTE", "AUDIT", "LIST_END", String(count), words);
}

/** The newest acts that match, the newest first; other sessions get their turn between two pages. */
async function find({ chat, session }: Call, mask: string, limit: number): Promise<AuditRow[]> {
  const matches = matcher(mask);
  const found: AuditRow[] = [];
  let before = Infinity;
  while (found.length < limit && !session.isClosed) {
    const page = chat.store?.audit.page(before, pageSize) ?? [];
    found.push(...page.filter(matches));
    const oldest = page.at(-1);
    if (oldest === undefined || page.length < pageSize) break;
    before = oldest.stamp;
    await nextTurn(personOf(session));
  }
  return found.slice(0, limit);
}

/** A number alone is the limit. */
function parametersOf(params: readonly string[]): readonly [mask: string, limit: number] {
  const isLimit = params.length === 1 && /^\d+$/.test(params[0] ?? "");
  const [mask = "*", text = String(defaultLimit)] = isLimit ? ["*", params[0]] : params;
  const limit = Number(text);
  if (!Number.isInteger(limit) || limit < 1 || limit > maxLimit) {
    fail("AUDIT", "INVALID_PARAMS", text, `The limit must be a number from 1 to ${maxLimit}`);
  }
  return [mask, limit];
}

/** A test whether the mask matches the kind, the nick, the account or the target of an act. */
function matcher(mask: string): (row: AuditRow) => boolean {
  const test = compileMask(mask);
  return ({ act, nick, account = "", target }) => [act, nick, account, target].some((one) => test(fold(one)));
}

/** "2026-01-31 09:30:00 ann (account ann, 10.0.0.1) KILL bob: spam"; the reason is all after the first ": ". */
function sentence(row: AuditRow): string {
  const { nick, account, act, target, reason } = row;
  const address = shownAddress(row.address);
  const from = [account === undefined ? "no account" : `account ${account}`, address].filter((one) =>
    one !== ""
  );
  const time = stampTime(row.stamp).slice(0, 19).replace("T", " ");
  return `${time} ${nick} (${from.join(", ")}) ${act}${target && ` ${target}`}${reason && `: ${reason}`}`;
}

/**
 * Keeps an act that is done already and has no event of its own. If the other machines cannot be reached, the act is
 * missing in AUDIT, and the log says so.
 */
export async function keepAct(
  { chat, commit, user }: Call,
  act: Act,
  target = "",
  reason = "",
): Promise<void> {
  try {
    await commit({ kind: "operator acted", user: user.id, act, target, reason });
  } catch (error) {
    if (!isRefusal(error)) throw error;
    chat.log("error", `Cannot keep an act of ${user.nick} for AUDIT: ${act}`);
  }
}
