/** Files for slash commands: the person chooses files to share, and the browser saves files from others. */
/// <reference lib="dom" />
import type { FileChoice } from "../slash/command_ui.ts";
import { byId, element } from "../elements/element.ts";
import { sharedFilePath } from "../elements/span_elements.ts";

export const fileChoice: FileChoice = {
  choose: () => byId("file").click(),
  /** Saves a file of this server; opens any other address in a new tab. */
  download(address) {
    const { href } = address;
    const path = sharedFilePath(address);
    const link = path !== undefined
      ? { href: path, download: true }
      : { href, target: "_blank", rel: "noopener noreferrer" };
    element("a", link).click();
  },
};
