/** A message of ann in #tea, for tests that change one property of it. */

import type { Said } from "../../../lib/client/state/event.ts";

export const sampleMessage: Said = {
  kind: "said",
  buffer: "#tea",
  from: { nick: "ann" },
  to: "#tea",
  manner: "message",
  text: "hello",
  own: false,
  mention: false,
  direct: false,
};
