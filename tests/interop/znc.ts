/**
 * ZNC with the real server: bob's client is a peer that is connected to the bouncer. Only `deno task interop` runs this
 * test.
 */
import { overTcp, type Wire } from "../support/peer.ts";
import { freePort } from "../support/server.ts";
import { allOf, Child, untilText } from "./child.ts";
import { conversation, type Place, type RunningProgram } from "./conversation.ts";

/** The user name and password of bob at the bouncer. */
const bouncer = { user: "bouncer", password: "tea" };

conversation({ name: "ZNC", needs: ["znc"], login: "by SASL", start });

async function start(place: Place): Promise<RunningProgram> {
  const port = freePort();
  writeSettings(place, port);
  const znc = new Child("znc", ["--foreground", "--datadir", place.home], place);
  const clients: Client[] = [];
  const connect = async () => {
    const client = await Client.connect(port, place.nick);
    clients.push(client);
    return client;
  };
  const dispose = async () => {
    for (const client of clients) await client[Symbol.asyncDispose]();
    await znc[Symbol.asyncDispose]();
  };
  try {
    await znc.until("Staying open");
    const client = await connect();
    client.send(`PRIVMSG *sasl :set ${place.nick} ${place.password}`, "PRIVMSG *sasl :requireauth yes");
    client.send("PRIVMSG *status :connect");
    await client.until("Welcome to Parley");
    return {
      join: (channel) => client.send(`JOIN ${channel}`),
      say: (target, text) => client.send(`PRIVMSG ${target} :${text}`),
      until: (_, wanted) => client.until(wanted),
      // ZNC tells a new client the members that it knows itself.
      knows: async (_, members) => void await (await connect()).until(allOf(members)),
      [Symbol.asyncDispose]: dispose,
    };
  } catch (error) {
    await dispose();
    throw error;
  }
}

function writeSettings({ home, nick, port }: Place, listen: number): void {
  const settings = `Version = 1.8.2
ConnectDelay = 0
ServerThrottle = 1
<Listener here>
  Port = ${listen}
  Host = 127.0.0.1
  IPv4 = true
  IPv6 = false
  SSL = false
</Listener>
<User ${bouncer.user}>
  Admin = true
  Nick = ${nick}
  Ident = ${nick}
  <Pass password>
    Method = plain
    Hash = ${bouncer.password}
  </Pass>
  <Network parley>
    FloodRate = 0
    IRCConnectEnabled = false
    JoinDelay = 0
    LoadModule = sasl
    Server = 127.0.0.1 ${port}
  </Network>
</User>
`;
  Deno.mkdirSync(`${home}/configs`);
  Deno.writeTextFileSync(`${home}/configs/znc.conf`, settings);
}

/** A client of the bouncer, and all lines that it was sent. */
class Client implements AsyncDisposable {
  readonly #wire: Wire;
  readonly #reading: Promise<void>;
  #text = "";

  private constructor(wire: Wire) {
    this.#wire = wire;
    this.#reading = this.#read();
  }

  static async connect(port: number, nick: string): Promise<Client> {
    const client = new Client(overTcp(await Deno.connect({ hostname: "127.0.0.1", port })));
    const password = `${bouncer.user}/parley:${bouncer.password}`;
    client.send(`PASS ${password}`, `NICK ${nick}`, `USER ${nick} 0 * :${nick}`);
    return client;
  }

  send(...lines: string[]): void {
    for (const line of lines) this.#wire.send(line);
  }

  until(wanted: string | RegExp): Promise<string> {
    return untilText(() => this.#text, wanted);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#wire.close();
    await this.#reading;
  }

  async #read(): Promise<void> {
    for await (const line of this.#wire.lines) this.#text += `${line}\n`;
  }
}
