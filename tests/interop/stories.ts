/**
 * The stories that every IRC app must pass: a person types into the app and reads its screen, and a peer is the other
 * person. Each app has a file beside this one with the words that only this app prints.
 */
import { X509Certificate } from "node:crypto";
import { assertEquals, assertStringIncludes } from "@std/assert";
import { Clock } from "../../lib/irc/clock.ts";
import { makeCertificate } from "../../lib/net/certificate.ts";
import { openStore } from "../../lib/server/store/store.ts";
import { startChat } from "../support/chat.ts";
import { temporaryFolder } from "../support/folder.ts";
import { type AppRecipe, IrcApp } from "../support/irc_app.ts";
import { Peer } from "../support/peer.ts";
import { hasProgram } from "../support/programs.ts";
import { type RunningServer, startServer } from "../support/server.ts";
import { ask, plain } from "../support/transcript.ts";

/** An app, and the words that differ between apps. */
export interface App extends AppRecipe {
  /** Its name in the guide. */
  readonly name: string;
  /** A line of the guide as this version of the app wants it. */
  adapt(line: string): string;
  /** The members of a channel: ann is its operator, bob has joined. */
  readonly annAndBob: RegExp;
  /** The command that shows the messages of the server. */
  readonly showServer: string;
}

const flags = ["--web", "off", "--tls", "off"];
const password = "correct-horse-battery";
const joins = /^(@\S+ )?:bob!\S+ JOIN #tea/;

/** Registers the stories for an app. */
export function interopStories(app: App): void {
  const stories = { talk, direct, multiline, replay, kick, restart, login, certificate };
  const names: Record<keyof typeof stories, string> = {
    talk: "connects, joins, and shows topic, members, messages and actions",
    direct: "sends and shows private messages and nick changes",
    multiline: "shows each line of a message of several lines",
    replay: "shows earlier messages with their time after a join",
    kick: "shows the reason of a kick",
    restart: "shows why the server stops, and connects again when it is back",
    login: "logs in over TLS with the commands of the guide",
    certificate: "logs in by client certificate with the commands of the guide",
  };
  for (const [key, act] of Object.entries(stories)) {
    Deno.test({
      name: `${app.name} ${names[key as keyof typeof stories]}`,
      ignore: !hasProgram("tmux") || !hasProgram(app.program),
      fn: () => act(app),
    });
  }
}

async function talk(app: App): Promise<void> {
  await using server = await startServer(flags);
  await using ann = await Peer.connect(server.port, "ann");
  await ann.join("#tea");
  assertEquals((await ask(ann, "TOPIC #tea :green or black")).length, 1);
  await using bob = await startBob(app, server);
  await join(bob, ann);
  await bob.until(/Topic for #tea\W+(is )?"?green or black/);
  await bob.until(app.annAndBob);
  ann.send("PRIVMSG #tea :hello bob", "PRIVMSG #tea :\x01ACTION pours\x01");
  await bob.until(said("ann", "hello bob"));
  await bob.until(/\*[ |]+ann pours/);
  await bob.type("hello ann");
  assertEquals(plain([await ann.next(" PRIVMSG ")]), [":bob PRIVMSG #tea :hello ann"]);
  await bob.type("/me drinks");
  assertEquals(plain([await ann.next(" PRIVMSG ")]), [":bob PRIVMSG #tea :\x01ACTION drinks\x01"]);
  await bob.until(/\*[ |]+bob drinks/);
}

async function direct(app: App): Promise<void> {
  await using server = await startServer(flags);
  await using ann = await Peer.connect(server.port, "ann");
  await ann.join("#tea");
  await using bob = await startBob(app, server);
  await join(bob, ann);
  await bob.type("/nick bobby");
  assertEquals(plain([await ann.next(" NICK ")]), [":bob NICK bobby"]);
  await bob.until(/You('re| are) now known as bobby/);
  ann.send("NICK anna");
  await bob.until("ann is now known as anna");
  ann.send("PRIVMSG bobby :a secret");
  await bob.type("/query anna");
  await bob.until(said("anna", "a secret"));
  await bob.type("well kept");
  assertEquals(plain([await ann.next(" PRIVMSG ")]), [":bobby PRIVMSG anna :well kept"]);
  await bob.until(said("bobby", "well kept"));
}

async function multiline(app: App): Promise<void> {
  await using server = await startServer(flags);
  const caps = ["batch", "draft/multiline", "message-tags"];
  await using ann = await Peer.connect(server.port, "ann", { caps });
  await ann.join("#tea");
  await using bob = await startBob(app, server);
  await join(bob, ann);
  ann.send(
    "BATCH +poem draft/multiline #tea",
    "@batch=poem PRIVMSG #tea :roses are red",
    "@batch=poem PRIVMSG #tea :violets are blue",
    "@batch=poem;draft/multiline-concat PRIVMSG #tea : and sweet",
    "BATCH -poem",
  );
  await bob.until(/ann[>| ]+roses are red.*\n.*violets are blue[^]* and sweet/);
}

async function replay(app: App): Promise<void> {
  using data = temporaryFolder();
  const { folder } = data;
  {
    const startsAt = Date.UTC(2026, 0, 2, 3, 4, 5);
    const store = openStore({ folder, clock: new Clock({ now: () => startsAt }) });
    await using chat = startChat({ startsAt, store });
    const [ann] = await chat.join("#tea", "ann");
    assertEquals(await ask(ann, "PRIVMSG #tea :the kettle is on"), []);
  }
  await using server = await startServer([...flags, "--data", folder, "--replay", "5"]);
  await using ann = await Peer.connect(server.port, "ann");
  await ann.join("#tea");
  await using bob = await startBob(app, server);
  await join(bob, ann);
  await bob.until(/03:04(:05)?\W+ann\W+the kettle is on/);
}

async function kick(app: App): Promise<void> {
  await using server = await startServer(flags);
  await using ann = await Peer.connect(server.port, "ann");
  await ann.join("#tea");
  await using bob = await startBob(app, server);
  await join(bob, ann);
  ann.send("KICK #tea bob :no shouting");
  await bob.until(/kicked.*no shouting/);
}

async function restart(app: App): Promise<void> {
  await using first = await startServer(flags);
  const { port } = first;
  await using ann = await Peer.connect(port, "ann");
  await ann.join("#tea");
  await using bob = await startBob(app, first);
  await join(bob, ann);
  await bob.type(app.showServer);
  await bob.until("Welcome to Parley");
  // The app tries again each second, so the reason soon leaves the screen.
  const [stopped] = await Promise.all([first.stop(), bob.until(/Closing link: The server is stopping/)]);
  assertEquals(stopped.code, 0);
  await using _second = await startServer([...flags, "--port", `${port}`, "--name", "again.test"]);
  await bob.until("Your host is again.test");
  await using cat = await Peer.connect(port, "cat");
  const members = await cat.join("#tea");
  if (!members.some((line) => / 353 .*\bbob\b/.test(line))) await cat.next(joins);
  await bob.type("/msg #tea I am back");
  assertEquals(plain([await cat.next(" PRIVMSG ")]), [":bob PRIVMSG #tea :I am back"]);
}

async function login(app: App): Promise<void> {
  await using server = await startServer(["--web", "off"]);
  {
    await using ann = await Peer.connect(server.port, "ann");
    ann.send(`REGISTER * * ${password}`);
    await ann.next(/ REGISTER SUCCESS /);
    // Without QUIT she stays online for two minutes, and the app joins her user instead of making one.
    ann.send("QUIT");
    await ann.closed();
  }
  await using bob = await Peer.connect(server.port, "bob");
  await bob.join("#lobby");
  await using ann = await IrcApp.start(app, []);
  for (const line of guideLines(app, server)) await ann.type(line);
  await bob.next(/^(@\S+ )?:ann!\S+ JOIN #lobby/);
  await ann.type(app.showServer);
  await ann.until("You are now logged in as ann");
  const answers = await ask(bob, "WHOIS ann");
  for (const words of ["is logged in as", "is using a secure connection"]) {
    assertEquals(answers.filter((line) => line.includes(words)).length, 1, answers.join("\n"));
  }
}

/** The server must see EXTERNAL: the settings still have the password. */
async function certificate(app: App): Promise<void> {
  using place = temporaryFolder();
  const [nowMs, path] = [new Clock().settledNow(), `${place.folder}/ann.pem`];
  const own = await makeCertificate({
    names: ["ann"],
    notBeforeMs: nowMs - 60_000,
    notAfterMs: nowMs + 3_600_000,
  });
  Deno.writeTextFileSync(path, own.cert + own.key);
  await using server = await startServer(["--web", "off"]);
  {
    await using ann = await Peer.connect(server.port, "ann");
    ann.send(`REGISTER * * ${password}`);
    await ann.next(/ REGISTER SUCCESS /);
    ann.send(`CERT ADD ${new X509Certificate(own.cert).fingerprint256}`);
    await ann.next(/ can log in to your account now$/);
    ann.send("QUIT");
    await ann.closed();
  }
  await using ann = await IrcApp.start(app, []);
  const lines = guideLines(app, server);
  const extra = guideLines(app, server, 1).flatMap((line) =>
    line.replace("~/ann.pem", path).split(/ +then /)
  );
  for (const line of [...lines.filter((line) => !line.startsWith("/connect")), ...extra]) {
    await ann.type(line);
  }
  await ann.type("/connect parley");
  await ann.type(app.showServer);
  await ann.until("You are now logged in as ann");
  assertStringIncludes(server.stdout.join("\n") + server.stderr(), "method=EXTERNAL");
}

function startBob(app: App, { port }: RunningServer): Promise<IrcApp> {
  return IrcApp.start(app, app.connectTo(port, "bob"));
}

/** bob joins #tea, ann sees it, and the app shows that channel: it would leave another window that the test opens. */
async function join(bob: IrcApp, ann: Peer): Promise<void> {
  await bob.until("Welcome to Parley, bob");
  await bob.type("/join #tea");
  await ann.next(joins);
  await bob.until("has joined #tea");
}

function said(nick: string, text: string): RegExp {
  return new RegExp(`${nick}[>| ]+${text}`);
}

/** The commands of the guide that log in, with the address, fingerprint and password of this test; `at` counts blocks. */
function guideLines(app: App, server: RunningServer, at = 0): string[] {
  const guide = Deno.readTextFileSync(new URL("../../lib/client/README.md", import.meta.url));
  const blocks = guide.split("\n\n").filter((part) => part.includes(` (${app.name})\n`));
  const [, fingerprint = ""] = /fingerprint +(\S+)/.exec(server.stdout.join("\n")) ?? [];
  const lines = blocks[at]?.split("\n") ?? [];
  const own = at === 0 ? lines : lines.filter((line) => line.endsWith(` (${app.name})`));
  return own.filter((line) => line.startsWith("/")).map((line) =>
    app.adapt(line)
      .replace(` (${app.name})`, "").trimEnd()
      .replace("3F:A0:…", fingerprint)
      .replace("3FA0…", fingerprint.replaceAll(":", ""))
      .replace(/192\.168\.1\.5([ /])6697/, `127.0.0.1$1${server.tlsPort}`)
      .replace("PASSWORD", password)
  );
}
