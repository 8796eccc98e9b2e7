/**
 * Commands with more targets than they can have: the first ones are served, and one numeric names the others. Refusing
 * the whole command would lose a message to people who could have got it. TARGMAX in ISUPPORT shows the limits.
 */
import type { Session } from "../chat/session.ts";
import { maxTargets } from "../render/isupport.ts";
import { reply } from "../render/reply.ts";

/** Answers for the targets after the first `most`, if there are any: "TARGET,TARGET :The server takes only …". */
export function refuseFurtherTargets(session: Session, targets: readonly string[], most = maxTargets): void {
  if (targets.length <= most) return;
  const sentence = `Too many targets: only the first ${most} were served, not these`;
  reply(session, "ERR_TOOMANYTARGETS", targets.slice(most).join(), sentence);
}
