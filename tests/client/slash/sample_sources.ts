/** Commands, nicks and channels for the tests of completion. */

import type { CompletionSources } from "../../../lib/client/slash/completion.ts";

export const sampleSources: CompletionSources = {
  commands: ["join", "kick", "msg", "names", "help"],
  argumentKindsOf: (command) =>
    command === "join"
      ? ["channel"]
      : command === "help"
      ? ["command"]
      : command === "msg"
      ? ["nick", "text"]
      : ["nick"],
  nicks: ["bob", "Bea", "ann", "cat"],
  channels: ["#tea", "#den", "#teapot"],
};
