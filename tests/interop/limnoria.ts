/**
 * Limnoria with the real server: bob is a bot. His owner ann tells him what to do by messages, and he reads his logs.
 * Only `deno task interop` runs this test.
 */
import { Peer } from "../support/peer.ts";
import { fileText } from "../support/file_text.ts";
import { Child, untilText } from "./child.ts";
import { conversation, nameAfterRestart, type Place, type RunningProgram } from "./conversation.ts";

conversation({ name: "Limnoria", needs: ["supybot"], login: "by SASL", start });

const owner = "owner";

async function start(place: Place): Promise<RunningProgram> {
  writeSettings(place);
  const limnoria = new Child("supybot", ["bob.conf"], place);
  // At the level DEBUG it has each message that he understood.
  const log = () => fileText(`${place.home}/logs/messages.log`);
  const tell = async (command: string, answered = false) => {
    await using peer = await Peer.connect(place.port, owner);
    peer.send(`PRIVMSG ${place.nick} :${command}`);
    return answered ? await peer.next(" NOTICE ") : (await peer.lines()).join();
  };
  try {
    await untilText(log, "Welcome to Parley");
    return {
      join: async (channel) => void await tell(`join ${channel}`),
      say: async (target, text) => void await tell(`ircquote PRIVMSG ${target} :${text}`),
      until: (_, wanted) => untilText(log, wanted),
      knows: async (channel, { length }) =>
        void await untilText(() => tell(`channel nicks ${channel} --count`, true), ` :${length}`),
      // It waits ten seconds before it tries a second time.
      comeBack: async () => void await untilText(log, nameAfterRestart),
      [Symbol.asyncDispose]: () => limnoria[Symbol.asyncDispose](),
    };
  } catch (error) {
    await limnoria[Symbol.asyncDispose]();
    throw new Error(`${limnoria.output}\n${log()}`, { cause: error });
  }
}

function writeSettings({ home, nick, password, port }: Place): void {
  const settings = {
    nick,
    ident: nick,
    networks: "parley",
    "networks.parley.servers": `127.0.0.1:${port}`,
    "networks.parley.ssl": "False",
    "networks.parley.sasl.username": nick,
    "networks.parley.sasl.password": password,
    "networks.parley.sasl.mechanisms": "plain",
    "log.level": "DEBUG",
    "log.stdout": "False",
    "protocols.irc.throttleTime": "0.0",
    "protocols.irc.umodes": "",
    "drivers.maxReconnectWait": "1.0",
    "drivers.poll": "0.1",
    "reply.withNotice": "True",
    "reply.withNoticeWhenPrivate": "True",
    plugins: "Admin Anonymous Channel Misc Owner User",
    "plugins.Anonymous": "True",
    "plugins.Channel": "True",
    "plugins.Admin": "True",
    "plugins.Owner": "True",
    "plugins.Misc": "True",
    "plugins.User": "True",
    "plugins.Anonymous.requireRegistration": "False",
    "plugins.Anonymous.requirePresenceInChannel": "False",
    "plugins.Anonymous.allowPrivateTarget": "True",
  };
  const lines = Object.entries(settings).map(([name, value]) => `supybot.${name}: ${value}`);
  Deno.writeTextFileSync(`${home}/bob.conf`, `${lines.join("\n")}\n`);
  Deno.mkdirSync(`${home}/conf`);
  const user =
    `user 1\n  name ${owner}\n  ignore False\n  secure False\n  capability owner\n  hostmask ${owner}!*@*\n`;
  Deno.writeTextFileSync(`${home}/conf/users.conf`, user);
}
