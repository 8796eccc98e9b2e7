/**
 * irc-framework, the library of The Lounge and Kiwi IRC, with the real server: bob's client is a program of a few lines.
 * Only `deno task interop` runs this test.
 */
import { Client } from "irc-framework";
import { allOf, untilText } from "./child.ts";
import { conversation, type Place, type RunningProgram } from "./conversation.ts";

conversation({ name: "irc-framework", needs: [], login: "by SASL", start });

async function start({ port, nick, password }: Place): Promise<RunningProgram> {
  const client = new Client();
  let shown = "";
  for (const [event, show] of Object.entries(events)) {
    client.on(event, (details: Details) => shown += `${show(details)}\n`);
  }
  // As The Lounge does, it joins again when it is connected again.
  client.on("registered", () => client.join("#tea"));
  client.connect({
    host: "127.0.0.1",
    port,
    nick,
    account: { account: nick, password },
    auto_reconnect: true,
    auto_reconnect_max_wait: 1000,
    auto_reconnect_max_retries: 30,
    ping_interval: 0,
  });
  await untilText(() => shown, "Welcome");
  const members = new Set<string>();
  client.on("userlist", ({ users = [] }: Details) => users.forEach((user) => members.add(user.nick)));
  return {
    join: (channel) => client.join(channel),
    say: (target, text) => client.say(target, text),
    until: (_, wanted) => untilText(() => shown, wanted),
    knows: async (_, names) => void await untilText(() => [...members].join(" "), allOf(names)),
    // By itself it connects again only after 5 seconds of being connected: findings/irc_framework_stays_away.sh.
    comeBack: async () => {
      client.connect();
      await untilText(() => shown, /Welcome[^]*Welcome/);
    },
    [Symbol.asyncDispose]: () => {
      client.connection.end();
      return Promise.resolve();
    },
  };
}

/** The fields of the library's events that bob reads. */
interface Details {
  readonly nick: string;
  readonly kicked: string;
  readonly message: string;
  readonly topic: string;
  readonly users?: readonly { readonly nick: string }[];
  readonly modes: readonly { readonly mode: string; readonly param: string }[];
}

const events: Record<string, (details: Details) => string> = {
  registered: ({ nick }) => `Welcome ${nick}`,
  privmsg: ({ nick, message }) => `<${nick}> ${message}`,
  topic: ({ topic }) => topic,
  kick: ({ kicked, message }) => `${kicked} was kicked: ${message}`,
  mode: ({ modes }) => modes.map(({ mode, param }) => `${mode} ${param}`).join(" "),
};
