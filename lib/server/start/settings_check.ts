/** What is wrong with options that are each well written: they exclude each other, or name what cannot be. */
import type { Chat } from "../chat/chat.ts";
import type { Settings } from "../settings/settings.ts";
import { exitCodes, StartError } from "./start_error.ts";

/** Throws a StartError; to be asked before anything is opened. */
export function refuseFaults({ web, machine }: Settings, { qr }: { readonly qr: boolean }): void {
  if (qr && web === "off") {
    throw new StartError("Cannot use --qr with --web off: there is no page then", exitCodes.usage);
  }
  if (machine !== undefined && !/^[a-z][a-z0-9]{0,11}$/i.test(machine)) {
    throw new StartError(
      `Cannot use --machine "${machine}": write a letter, and up to 11 more letters and digits`,
      exitCodes.usage,
    );
  }
}

/** What to say where another machine of the chat has this one's name; one that was killed has it until its lease is over. */
export function namesakeWarning(chat: Chat): string | undefined {
  const [own = ""] = chat.machine.split("-", 1);
  const others = [...chat.machines.keys()].filter((machine) => machine !== chat.machine);
  if (!others.some((machine) => machine.split("-", 1)[0] === own)) return undefined;
  return `Another machine is called "${own}" too, unless it was killed just before; give each a --machine of its own`;
}
