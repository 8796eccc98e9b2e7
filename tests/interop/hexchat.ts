/**
 * HexChat with the real server: bob types into its window on a screen in memory, and reads its logs. Only `deno task
 * interop` runs this test.
 */
import { Child, textIn, untilText } from "./child.ts";
import { conversation, type Place, type RunningProgram } from "./conversation.ts";

conversation({ name: "HexChat", needs: ["hexchat", "Xvfb", "xdotool"], login: "by SASL", start });

/** Nothing else gives the focus to its window: there is no window manager. */
const window = ["search", "--onlyvisible", "--name", "HexChat"];

async function start(place: Place): Promise<RunningProgram> {
  const { home } = place;
  Deno.writeTextFileSync(`${home}/hexchat.conf`, settings(place));
  Deno.writeTextFileSync(`${home}/servlist.conf`, network(place));
  const screen = new Child(
    "Xvfb",
    ["-displayfd", "1", "-screen", "0", "1000x700x24", "-nolisten", "tcp"],
    place,
  );
  let hexchat: Child | undefined;
  const dispose = async () => {
    await hexchat?.[Symbol.asyncDispose]();
    await screen[Symbol.asyncDispose]();
  };
  try {
    const env = { DISPLAY: `:${/^\d+$/m.exec(await screen.until(/^\d+\n/m))?.[0]}` };
    hexchat = new Child("hexchat", ["--cfgdir", home], { home, env });
    const log = () => textIn(`${home}/logs`);
    const type = async (line: string) => {
      await xdotool(env, ...window, "windowfocus", "--sync");
      await xdotool(env, "type", "--delay", "1", line);
      await xdotool(env, "key", "Return");
    };
    const title = () => xdotool(env, ...window, "getwindowname");
    await untilText(log, "Welcome to Parley");
    return {
      join: (channel) => type(`/join ${channel}`),
      say: (target, text) => type(`/msg ${target} ${text}`),
      until: (_, wanted) => untilText(log, wanted),
      knows: async (channel, { length }) =>
        void await untilText(title, new RegExp(`${channel} .*\\(${length}\\)`)),
      [Symbol.asyncDispose]: dispose,
    };
  } catch (error) {
    await dispose();
    throw new Error(`HexChat did not start: ${hexchat?.output}`, { cause: error });
  }
}

function settings({ nick }: Place): string {
  return `version = 2.16.1
gui_slist_skip = 1
gui_win_ucount = 1
gui_join_dialog = 0
irc_logging = 1
irc_logmask = %c.log
irc_nick1 = ${nick}
irc_user_name = ${nick}
net_throttle = 0
net_reconnect_delay = 1
irc_join_delay = 0
`;
}

/** Login method 6 is SASL PLAIN; flag 8 connects at the start, 1 keeps one server. */
function network({ nick, password, port }: Place): string {
  return `v=2.16.1

N=parley
L=6
I=${nick}
U=${nick}
P=${password}
E=UTF-8 (Unicode)
F=11
D=0
S=127.0.0.1/${port}

`;
}

/** Types into the window that has the focus, or asks about it. */
async function xdotool(env: Record<string, string>, ...args: string[]): Promise<string> {
  const { stdout } = await new Deno.Command("xdotool", { args, env, stdout: "piped", stderr: "piped" })
    .output();
  return new TextDecoder().decode(stdout);
}
