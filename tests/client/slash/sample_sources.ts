/** Commands, nicks and channels for the tests of completion. */

import type { ArgumentKind } from "../../../lib/client/slash/command_ui.ts";
import type { CompletionSources } from "../../../lib/client/slash/completion.ts";

const kinds: Readonly<Record<string, readonly ArgumentKind[]>> = {
  join: ["channel"],
  help: ["command"],
  msg: ["nick", "text"],
  search: ["search"],
};

export const sampleSources: CompletionSources = {
  commands: ["join", "kick", "msg", "names", "help"],
  argumentKindsOf: (command) => kinds[command] ?? ["nick"],
  nicks: ["bob", "Bea", "ann", "cat"],
  channels: ["#tea", "#den", "#teapot"],
};
