/** Slash commands for server operators. */
import { matchList } from "../core/requests.ts";
import { auditLines } from "../text/audit_lines.ts";
import type { CommandUi, SlashTable } from "./command_ui.ts";

/** Rows by name. */
export const operatorRows: SlashTable = {
  audit: {
    usage: "[MASK] [LIMIT]",
    help: "Lists what server operators did; MASK is a name, a channel, or a kind of act such as KILL",
    group: "Operators",
    run: audit,
  },
};

async function audit(ui: CommandUi, rest: string): Promise<void> {
  const words = rest.split(/\s+/).filter((word) => word !== "");
  const answer = await ui.client.server.ask(["AUDIT", ...words].join(" "), matchList("AUDIT"));
  for (const line of auditLines(answer)) ui.note(line);
}
