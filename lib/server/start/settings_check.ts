/** Checks settings that are valid alone but not together, and values that --help cannot describe. */
import { formatSize } from "../hub/fill_watch.ts";
import type { Store } from "../store/store.ts";
import { utf8Bytes } from "../../irc/lines.ts";
import type { Chat } from "../chat/chat.ts";
import { descriptorLimit } from "../../net/descriptors.ts";
import type { Settings } from "../settings/settings.ts";
import { missingPermissions } from "./permissions.ts";
import { exitCodes, StartError } from "./start_error.ts";

/** Bytes. Every line of the server begins with its name (RFC 2812), and its welcome ends with the source of the user. */
const longest = { name: 63, network: 100 } as const;

/** The server itself needs about 45 file descriptors. */
const leastDescriptors = 64;

/** Conditions of a start that are no settings. */
export interface StartConditions {
  readonly qr: boolean;
  /** The most file descriptors of the process. @default {those of this process} */
  readonly descriptors?: number | undefined;
  /** The sentence about missing permissions of Deno; "" if none is missing. @default {those of this process} */
  readonly missing?: string;
}

/** Throws a StartError; call it before anything is opened. */
export function checkSettings(
  settings: Settings,
  { qr, missing = missingPermissions(settings) ?? "", descriptors }: StartConditions,
): void {
  const { web, machine } = settings;
  if (missing !== "") throw new StartError(missing, exitCodes.usage);
  const most = descriptors ?? descriptorLimit(2 * settings.limit + 200) ?? Infinity;
  if (most < leastDescriptors) {
    throw new StartError(
      `Cannot start with ${most} open files, which is all that the system allows this process: run "ulimit -n 1024" ` +
        "before it, or set LimitNOFILE=1024 in its systemd unit",
      exitCodes.unavailable,
    );
  }
  if (qr && web === "off") {
    throw new StartError("Cannot use --qr with --web off: there is no web page", exitCodes.usage);
  }
  for (const flag of ["name", "network"] as const) {
    if (utf8Bytes(settings[flag]) <= longest[flag]) continue;
    throw new StartError(
      `Cannot use --${flag} "${settings[flag]}": it can have ${longest[flag]} bytes at most`,
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

/** The sentences of the log about a history that had more than the limits when they were new. */
export function grownSentences(
  { historyTotal, historyEach, ephemeral }: Settings,
  store: Pick<Store, "sizeLimits">,
): string[] {
  if (ephemeral) return [];
  const { total, each } = store.sizeLimits;
  const about = (flag: string, what: string, limit: number, standard: number) =>
    limit === standard ? [] : [
      `The limit of ${what} is ${formatSize(limit)} in this data folder, not ${
        formatSize(standard)
      }: an older ` +
      `version kept more, and nothing of it was deleted. Set ${flag} to choose another limit`,
    ];
  return [
    ...about("--history-total", "all messages together", total, historyTotal),
    ...about("--history-each", "one conversation", each, historyEach),
  ];
}
