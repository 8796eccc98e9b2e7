/** Eggdrop with the real server: bob is a bot, and he reads his log. Only `deno task interop` runs this test. */
import { freePort } from "../support/server.ts";
import { overTcp } from "../support/peer.ts";
import { fileText } from "../support/file_text.ts";
import { Child, untilText } from "./child.ts";
import { conversation, type Place, type RunningProgram } from "./conversation.ts";

conversation({ name: "Eggdrop", needs: ["eggdrop"], login: "by server password", start });

async function start(place: Place): Promise<RunningProgram> {
  const port = freePort();
  writeSettings(place, port);
  const eggdrop = new Child("eggdrop", ["-n", "eggdrop.conf"], place);
  const log = () => fileText(`${place.home}/log`);
  let control: Control | undefined;
  const dispose = async () => {
    control?.close();
    await eggdrop[Symbol.asyncDispose]();
  };
  try {
    await untilText(log, "Connected to 127.0.0.1");
    const { run } = control = await connect(port);
    return {
      // It asks for members and modes first, and does not log what happens meanwhile.
      join: async (channel) => {
        await run(`channel add ${channel}`);
        await untilText(() => run(`expr {[llength [chanlist ${channel}]] > 1}`), "1");
      },
      say: async (target, text) => void await run(`putnow {PRIVMSG ${target} :${text}}`),
      until: (_, wanted) => untilText(log, wanted),
      knows: async (channel, { length }) =>
        void await untilText(() => run(`llength [chanlist ${channel}]`), `${length}`),
      [Symbol.asyncDispose]: dispose,
    };
  } catch (error) {
    await dispose();
    throw new Error(eggdrop.output, { cause: error });
  }
}

/** A connection that carries commands for the bot, and their results. */
interface Control {
  run(command: string): Promise<string>;
  close(): void;
}

async function connect(port: number): Promise<Control> {
  const wire = overTcp(await Deno.connect({ hostname: "127.0.0.1", port }));
  const lines = wire.lines[Symbol.asyncIterator]();
  return {
    async run(command) {
      wire.send(command);
      return String((await lines.next()).value);
    },
    close: () => wire.close(),
  };
}

/** The bot opens `listen` for its control. */
function writeSettings({ home, nick, password, port }: Place, listen: number): void {
  const settings = `
foreach {kind path} {mod modules help help text text} {
  foreach folder {/usr/lib/eggdrop /usr/share/eggdrop} {
    if {[file exists $folder/$path]} {set $kind-path $folder/$path/}
  }
}
loadmodule blowfish
loadmodule server
loadmodule channels
loadmodule irc
set nick ${nick}
set altnick ${nick}?
set owner ann
set net-type 5
set server-cycle-wait 1
set msg-rate 0
# The usual protection of a channel: who says more than this is kicked.
set default-flood-chan 15:60
set userfile users
set chanfile channels
# A log that is written at once; Eggdrop writes its own once a minute.
logfile jkmpsxco * slow-log
proc note {level channel text} {
  set file [open log a]
  puts $file $text
  close $file
}
bind log - * note
set servers {127.0.0.1:${port}:${nick}:${password}}
proc take {idx} {control $idx answer}
proc answer {idx command} {
  if {$command eq ""} {return 1}
  catch $command result
  putdcc $idx $result
  return 0
}
listen ${listen} script take pub
`;
  Deno.writeTextFileSync(`${home}/eggdrop.conf`, settings);
  Deno.writeTextFileSync(`${home}/users`, `#4v: eggdrop v1.8.4 -- ${nick}\n`);
}
