/**
 * One conversation that every IRC program must be able to have with the server: its user is bob, and peers are the
 * others. The steps state what bob can read and what the others hear. How a program is started and told what to do is in
 * the file of the program.
 */
import { assertEquals, assertStringIncludes } from "@std/assert";
import { password } from "../support/account.ts";
import { temporaryFolder } from "../support/folder.ts";
import { Peer } from "../support/peer.ts";
import { hasProgram } from "../support/programs.ts";
import { type RunningServer, startServer } from "../support/server.ts";
import { ask, plain } from "../support/transcript.ts";

/** A program, and how to start it. */
export interface Program {
  /** Its name in the names of the tests. */
  readonly name: string;
  /** The commands without which it cannot run here. */
  readonly needs: readonly string[];
  /** How it logs in, as the name of a step says it. */
  readonly login: "by SASL" | "by server password" | "by NickServ";
  /** Starts it for bob. It connects to the server by itself, and comes back by itself. */
  start(place: Place): Promise<RunningProgram>;
}

/** The values that a program gets before it starts. */
export interface Place {
  /** An empty folder, deleted at the end. The program must not write elsewhere. */
  readonly home: string;
  readonly port: number;
  /** Also the name of his account. */
  readonly nick: string;
  /** A nick to begin with, for a program that logs in later than it registers: the login gives it `nick`. */
  readonly firstNick: string;
  readonly password: string;
}

/** A program that runs, and its user. */
export interface RunningProgram extends AsyncDisposable {
  /** Its user joins a channel. */
  join(channel: string): Promise<void> | void;
  /** Its user says something to a channel or a person. */
  say(target: string, text: string): Promise<void> | void;
  /** All that its user can read of the conversation with this target, as soon as it matches. */
  until(target: string, wanted: string | RegExp): Promise<string>;
  /** Connects and joins #tea again, where the program does not do both by itself. */
  comeBack?(): Promise<void>;
  /** Ends when its user can see that it knows these members of the channel. */
  knows(channel: string, members: readonly string[]): Promise<void>;
}

const nick = "bob";
const firstNick = "bobby";
const crowdSize = 140;
const paragraphBytes = 3000;
const poemLines = 20;
/** The name of the server after its restart: a program that shows it has connected again. */
export const nameAfterRestart = "again.test";

/** The values that each step can use. */
interface Scene {
  readonly server: RunningServer;
  readonly ann: Peer;
  readonly bob: RunningProgram;
  /** The others of a large channel. They stay until the server stops: their leaving would fill the screen. */
  readonly crowd: readonly Peer[];
}

/** Registers the conversation with this program as a test with steps. */
export function conversation(program: Program): void {
  Deno.test({
    name: `${program.name} has a conversation`,
    ignore: !program.needs.every(hasProgram),
    async fn(test) {
      using data = temporaryFolder();
      using home = temporaryFolder();
      const flags = ["--web", "off", "--tls", "off", "--data", data.folder];
      await using server = await startServer(flags);
      const { port } = server;
      await register(server);
      await using ann = await Peer.connect(port, "ann", {
        caps: ["batch", "draft/multiline", "message-tags"],
      });
      await ann.join("#tea");
      await using bob = await program.start({ home: home.folder, port, nick, firstNick, password });
      await using others = await connectCrowd(port);
      const scene = { server, ann, bob, crowd: others.peers };
      const step = (name: string, act: (scene: Scene) => Promise<void>) =>
        test.step(name, () =>
          act(scene).catch(async (error) => {
            throw new Error(`${error.message}\n${program.name} shows:\n${await bob.until("#tea", /^/)}`, {
              cause: error,
            });
          }));
      if (!await step(`logs in ${program.login} and joins`, logIn)) return;
      await step("talks in a channel", talk);
      await step("talks to one person", talkAlone);
      await step("shows a kick", kick);
      await step("shows the longest topic", topic);
      await step(`shows all of a paragraph of ${paragraphBytes} bytes`, paragraph);
      await step("shows a mode change with many parameters", modes);
      await step(`shows the beginning of a message of ${poemLines} lines`, poem);
      await step(`knows all members of a channel of ${crowdSize + 1}`, crowd);
      await step("comes back after a restart of the server", (scene) => restart(scene, flags));
    },
  });
}

async function connectCrowd(port: number): Promise<AsyncDisposable & { readonly peers: readonly Peer[] }> {
  const names = Array.from({ length: crowdSize }, (_, at) => `participant-${100 + at}`);
  const peers = await Promise.all(names.map((name) => Peer.connect(port, name)));
  const close = async () => {
    for (const peer of peers) await peer[Symbol.asyncDispose]();
  };
  return { peers, [Symbol.asyncDispose]: close };
}

/** Makes the account of bob. Without QUIT its user would stay online for two minutes. */
async function register(server: RunningServer): Promise<void> {
  await using peer = await Peer.connect(server.port, nick);
  peer.send(`REGISTER * * ${password}`);
  await peer.next(/ REGISTER SUCCESS /);
  peer.send("QUIT");
  await peer.closed();
}

async function logIn({ ann, bob }: Scene): Promise<void> {
  await bob.join("#tea");
  await ann.next(joined(nick, "#tea"));
  assertStringIncludes((await ask(ann, `WHOIS ${nick}`)).join("\n"), `${nick} :is logged in as`);
}

async function talk({ ann, bob }: Scene): Promise<void> {
  ann.send("PRIVMSG #tea :good morning");
  await bob.until("#tea", "good morning");
  await bob.say("#tea", "good evening");
  assertEquals(plain([await ann.next(" PRIVMSG ")]), [`:${nick} PRIVMSG #tea :good evening`]);
}

async function talkAlone({ ann, bob }: Scene): Promise<void> {
  ann.send(`PRIVMSG ${nick} :a secret`);
  await bob.until("ann", "a secret");
  await bob.say("ann", "well kept");
  assertEquals(plain([await ann.next(" PRIVMSG ann ")]), [`:${nick} PRIVMSG ann :well kept`]);
}

async function topic({ ann, bob }: Scene): Promise<void> {
  const [, length] = /\bTOPICLEN=(\d+)/.exec((await ask(ann, "VERSION")).join(" ")) ?? [];
  const words = numbered("t", Number(length));
  ann.send(`TOPIC #tea :${words.join(" ")}`);
  await showsAll(bob, words);
}

async function paragraph({ ann, bob }: Scene): Promise<void> {
  const words = numbered("p", paragraphBytes);
  ann.send(`PRIVMSG #tea :${words.join(" ")}`);
  await showsAll(bob, words);
}

/**
 * A plain client is sent the first lines, and then how many more there are. Twenty lines at once would be a flood: bots
 * kick their author, and some programs ignore them.
 */
async function poem({ ann, bob, server }: Scene): Promise<void> {
  await using cat = await Peer.connect(server.port, "cat", {
    caps: ["batch", "draft/multiline", "message-tags"],
  });
  await cat.join("#tea");
  const lines = Array.from({ length: poemLines }, (_, at) => `verse ${at + 1} of a poem`);
  cat.send(
    "BATCH +poem draft/multiline #tea",
    ...lines.map((line) => `@batch=poem PRIVMSG #tea :${line}`),
    "BATCH -poem",
  );
  const shown = await bob.until("#tea", /\b\d+ more lines/);
  for (const line of lines.slice(0, 3)) assertStringIncludes(shown, line);
  cat.send("PRIVMSG #tea :the end of it");
  await bob.until("#tea", "the end of it");
  assertEquals(members(await ask(ann, "NAMES #tea")), ["@ann", `@${nick}`, "cat"]);
}

async function modes({ ann, bob }: Scene): Promise<void> {
  // "w" is no hexadecimal digit: Limnoria shows its random labels too, and one can contain "b105".
  const masks = Array.from({ length: 19 }, (_, at) => `w${100 + at}-${"long".repeat(6)}`);
  ann.send(`MODE #tea +${"b".repeat(masks.length)}o ${masks.map((mask) => `${mask}!*@*`).join(" ")} ${nick}`);
  await showsAll(bob, masks.map((mask) => mask.slice(0, 4)));
}

async function crowd({ crowd: others, bob }: Scene): Promise<void> {
  await Promise.all(others.map((member) => member.join("#crowd")));
  await bob.join("#crowd");
  await others[0]?.next(joined(nick, "#crowd"));
  await bob.knows("#crowd", [...others.map((member) => member.nick), nick]);
}

async function kick({ ann, bob }: Scene): Promise<void> {
  // Some programs have no window for a channel that they are not in, so bob looks at it first.
  await bob.until("#tea", "good morning");
  ann.send(`KICK #tea ${nick} :no shouting`);
  await bob.until("#tea", "no shouting");
  await bob.join("#tea");
  await ann.next(joined(nick, "#tea"));
}

async function restart({ server, ann, bob }: Scene, flags: readonly string[]): Promise<void> {
  assertEquals((await server.stop()).code, 0);
  await ann.closed();
  await using _second = await startServer([...flags, "--port", `${server.port}`, "--name", nameAfterRestart]);
  await using cat = await Peer.connect(server.port, "cat");
  await cat.join("#tea");
  await bob.comeBack?.();
  // A program that logs in by NickServ has another nick when it joins.
  while (!members(await ask(cat, "NAMES #tea")).includes(nick)) await cat.next(/ (JOIN|NICK) /);
  cat.send("PRIVMSG #tea :here again");
  await bob.until("#tea", "here again");
  // He types it once: a server that loses the first line after its restart must not pass.
  await bob.say("#tea", "I am back");
  assertEquals(plain([await cat.next(" PRIVMSG ")]), [`:${nick} PRIVMSG #tea :I am back`]);
}

/** Words of five bytes with their space, such as "p100", as many as have room. */
function numbered(letter: string, bytes: number): string[] {
  return Array.from({ length: Math.floor((bytes + 1) / 5) }, (_, at) => `${letter}${100 + at}`);
}

/** Waits for the last of these words, and then expects all of them, in their order. */
async function showsAll(bob: RunningProgram, words: readonly string[]): Promise<void> {
  const [last = ""] = words.slice(-1);
  const shown = await bob.until("#tea", last);
  const wanted = new Set(words);
  const found = shown.match(/\b[a-z]\d{3}\b/g) ?? [];
  assertEquals([...new Set(found)].filter((word) => wanted.has(word)), words);
}

function joined(name: string, channel: string): RegExp {
  return new RegExp(`^(@\\S+ )?:${name}!\\S+ JOIN :?${channel}`);
}

/** The names in an answer to NAMES, with their ranks. */
function members(answer: readonly string[]): string[] {
  return answer.filter((line) => / 353 /.test(line)).flatMap((line) => line.split(/[ :]+/).slice(6)).sort();
}
