/** Checks settings that are valid alone but not together, and values that --help cannot describe. */
import type { Chat } from "../chat/chat.ts";
import type { Settings } from "../settings/settings.ts";
import { exitCodes, StartError } from "./start_error.ts";

/** As RFC 2812 says: every line of the server begins with its name. */
const maxNameLength = 63;

/** Throws a StartError; call it before anything is opened. */
export function checkSettings({ web, machine, name }: Settings, { qr }: { readonly qr: boolean }): void {
  if (qr && web === "off") {
    throw new StartError("Cannot use --qr with --web off: there is no web page", exitCodes.usage);
  }
  if (name.length > maxNameLength) {
    throw new StartError(
      `Cannot use --name "${name}": it has more than ${maxNameLength} characters`,
      exitCodes.usage,
    );
  }
  if (machine !== undefined && !/^[a-z][a-z0-9]{0,11}$/i.test(machine)) {
    throw new StartError(
      `Cannot use --machine "${machine}": write a letter, and up to 11 more letters and digits`,
      exitCodes.usage,
    );
  }
}

/**
 * The warning if another machine of the chat has the same name; a killed machine keeps its name until its lease ends.
 */
export function namesakeWarning(chat: Chat): string | undefined {
  const [own = ""] = chat.machine.split("-", 1);
  const others = [...chat.machines.keys()].filter((machine) => machine !== chat.machine);
  if (!others.some((machine) => machine.split("-", 1)[0] === own)) return undefined;
  return `Another machine has the name "${own}" too, or it was killed a moment ago; give each machine its own name with --machine`;
}
