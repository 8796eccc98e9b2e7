/**
 * Finch (libpurple, as Pidgin) with the real server: bob types in a terminal, and reads his logs. Only `deno task
 * interop` runs this test.
 */
import { commandIn } from "../support/irc_app.ts";
import { Pane } from "../support/pane.ts";
import { textIn, untilText } from "./child.ts";
import { conversation, type Place, type RunningProgram } from "./conversation.ts";

conversation({ name: "Finch", needs: ["tmux", "finch"], login: "by SASL", start });

async function start(place: Place): Promise<RunningProgram> {
  for (const [name, text] of Object.entries(settings(place))) {
    Deno.writeTextFileSync(`${place.home}/${name}.xml`, `<?xml version="1.0" encoding="UTF-8"?>\n${text}`);
  }
  const log = () => textIn(`${place.home}/logs`);
  let pane = await open(place);
  const dispose = async () => {
    await pane.kill();
    await pane[Symbol.asyncDispose]();
  };
  return {
    join: (channel) => pane.type(`/join ${channel}`),
    say: (target, text) => pane.type(`/msg ${target} ${text}`),
    until: (_, wanted) => untilText(log, wanted),
    knows: async (_, { length }) => void await untilText(log, `List of ${length} users`),
    // By itself it tries again after some random time of up to a minute. Bob does not wait, and starts it again.
    async comeBack() {
      await dispose();
      pane = await open(place);
    },
    [Symbol.asyncDispose]: dispose,
  };
}

async function open({ home }: Place): Promise<Pane> {
  const pane = new Pane();
  try {
    await pane.start(commandIn(home, ["finch", "--config", home]), 200, 60);
    // It joins by itself. Then the list of buddies has the focus, and this closes it.
    await pane.until(/#tea.*─/);
    await pane.press("M-c");
    return pane;
  } catch (error) {
    await pane.kill();
    await pane[Symbol.asyncDispose]();
    throw error;
  }
}

function settings({ port, nick, password }: Place): Record<string, string> {
  const account = `${nick}@127.0.0.1`;
  return {
    accounts: `<account version="1.0"><account>
<protocol>prpl-irc</protocol><name>${account}</name><password>${password}</password>
<settings><setting name="port" type="int">${port}</setting><setting name="sasl" type="bool">1</setting></settings>
<settings ui="gnt-purple"><setting name="auto-login" type="bool">1</setting></settings>
</account></account>`,
    blist: `<purple version="1.0"><blist><group name="Chats">
<chat proto="prpl-irc" account="${account}"><component name="channel">#tea</component>
<setting name="gnt-autojoin" type="bool">1</setting></chat>
</group></blist></purple>`,
    prefs: `<pref version="1" name="/"><pref name="purple"><pref name="logging">
<pref name="log_chats" type="bool" value="1"/><pref name="log_ims" type="bool" value="1"/>
<pref name="format" type="string" value="txt"/></pref></pref></pref>`,
  };
}
