/** The real program behind a proxy that it trusts: limits, bans, password attempts, cloaks and secrecy depend on the visitors' own addresses. */
import { assert, assertEquals, assertMatch } from "@std/assert";
import { formatVerifier, makeVerifier } from "../lib/irc/scram.ts";
import { overTcp, Peer } from "./support/peer.ts";
import { granted, programPermissions } from "./support/permissions.ts";
import { headerOf } from "./support/proxy_headers.ts";
import { type RunningServer, type ServerStory, serverStory, startServer } from "./support/server.ts";
import { overWebSocket } from "./support/site.ts";
import { ask } from "./support/transcript.ts";

const ignore = !granted(...programPermissions);
const oper = `root:${formatVerifier(await makeVerifier("open sesame", 4096))}`;
const [attic, cellar, yard] = ["203.0.113.9", "198.51.100.7", "192.0.2.8"];

proxyStory("a ban disconnects a visitor and keeps it out, and affects no other", ["--oper", oper], bans);
proxyStory("each visitor has its own limit of connections", ["--per-address", "2"], limits);
proxyStory("each visitor has its own limit of password attempts", ["--oper", oper], guesses);
proxyStory("a visitor has a cloak, and operators see its address", ["--oper", oper], cloaks);
proxyStory("a password is accepted only from a visitor over TLS", ["--oper", oper], secrecy);
proxyStory("uploads need a password over TLS, and wrong passwords count", ["--login-tries", "2"], uploads);
proxyStory("visitors cannot read the metrics, and headers from unknown addresses are ignored", [], strangers);
Deno.test({ name: "an invalid --trusted-proxy is refused in one sentence", ignore, fn: nonsense });

/** Registers a test with a server that trusts proxies on this machine. */
function proxyStory(name: string, flags: readonly string[], act: ServerStory): void {
  const trusted = ["--trusted-proxy", "127.0.0.0/8", "--password-rounds", "4096"];
  serverStory(name, { flags: [...trusted, ...flags] }, act);
}

interface Way {
  readonly secure?: boolean;
  readonly register?: boolean;
}

/** A visitor from this address over IRC. */
async function byLine(
  { port }: RunningServer,
  nick: string,
  address: string,
  { secure = false, register = true }: Way = {},
): Promise<Peer> {
  const socket = await Deno.connect({ hostname: "127.0.0.1", port });
  await socket.write(headerOf(address, secure));
  return Peer.over(overTcp(socket), nick, { register });
}

/** A visitor from this address over the page. */
async function byPage(
  { webPort }: RunningServer,
  nick: string,
  address: string,
  { secure = false, register = true }: Way = {},
): Promise<Peer> {
  const headers = { "x-forwarded-for": address, "x-forwarded-proto": secure ? "https" : "http" };
  return Peer.over(await overWebSocket(`ws://127.0.0.1:${webPort}/`, undefined, headers), nick, { register });
}

const ways = [byLine, byPage];

async function bans(server: RunningServer): Promise<void> {
  await using root = await Peer.connect(server.port, "root");
  await ask(root, "OPER root :open sesame");
  await using ann = await byLine(server, "ann", attic);
  await using bob = await byPage(server, "bob", attic);
  await using cat = await byPage(server, "cat", cellar);
  root.send(`UBAN ADD ${attic} :too loud`);
  assertMatch((await ann.closed()).at(-1) ?? "", /^ERROR :.*too loud/);
  assertMatch((await bob.closed()).at(-1) ?? "", /^ERROR :.*too loud/);
  assertEquals(await cat.lines(), []);
  for (const way of ways) {
    await using again = await way(server, "ann", attic, { register: false });
    assertMatch((await again.closed()).at(-1) ?? "", /^ERROR :.*too loud/);
  }
}

async function limits(server: RunningServer): Promise<void> {
  await using _ann = await byLine(server, "ann", attic);
  await using _bob = await byPage(server, "bob", attic);
  for (const way of ways) {
    await using third = await way(server, "third", attic, { register: false });
    assertMatch((await third.closed()).at(-1) ?? "", /Too many connections from your address: 2 of 2/);
  }
  await using _cat = await byPage(server, "cat", cellar);
  await using _dan = await byLine(server, "dan", cellar);
}

async function guesses(server: RunningServer): Promise<void> {
  await using ann = await byPage(server, "ann", attic, { secure: true });
  for (let tries = 0; tries < 5; tries++) assertMatch((await ask(ann, "OPER root no"))[0] ?? "", / 464 /);
  await using again = await byLine(server, "again", attic, { secure: true });
  assert(!/ 464 | \+o/.test((await ask(again, "OPER root :open sesame")).join()), "one address, one count");
  await using bob = await byLine(server, "bob", cellar, { secure: true });
  assertMatch((await ask(bob, "OPER root :open sesame")).join(), / MODE bob \+o/);
}

async function cloaks(server: RunningServer): Promise<void> {
  await using root = await Peer.connect(server.port, "root");
  await using ann = await byLine(server, "ann", attic);
  await using _bob = await byPage(server, "bob", attic, { secure: true });
  const [seen = ""] = await ask(ann, "WHOIS bob");
  assertMatch(seen, / 311 ann bob \S+ \w+\.\w+\.\w+\.ip4 /);
  await ask(root, "OPER root :open sesame");
  const whole = (await ask(root, "WHOIS bob")).join("\n");
  assertMatch(whole, / 338 root bob 203\.0\.113\.9 /);
  assertMatch(whole, / 671 root bob /);
  assert(!/ 671 /.test((await ask(root, "WHOIS ann")).join("\n")));
}

async function secrecy(server: RunningServer): Promise<void> {
  for (const way of ways) {
    await using ann = await way(server, "ann", attic);
    assertMatch((await ask(ann, "CAP LS 302")).join(), / sasl=SCRAM-SHA-256 /);
    assertMatch((await ask(ann, "OPER root :open sesame"))[0] ?? "", / 491 /);
    await using bob = await way(server, "bob", attic, { secure: true });
    assertMatch((await ask(bob, "CAP LS 302")).join(), / sasl=PLAIN,SCRAM-SHA-256 /);
  }
}

async function uploads(server: RunningServer): Promise<void> {
  await using ann = await byLine(server, "ann", attic, { secure: true });
  await ask(ann, "REGISTER * * correct-horse");
  const statusOf = async (address: string, scheme: string, password: string) => {
    const response = await fetch(`http://127.0.0.1:${server.webPort}/upload`, {
      method: "POST",
      headers: {
        authorization: `Basic ${btoa(`ann:${password}`)}`,
        "x-forwarded-for": address,
        "x-forwarded-proto": scheme,
      },
      body: "tea",
    });
    await response.body?.cancel();
    return response.status;
  };
  assertEquals(await statusOf(cellar, "http", "correct-horse"), 403);
  assertEquals(await statusOf(cellar, "https", "correct-horse"), 201);
  for (let tries = 0; tries < 2; tries++) assertEquals(await statusOf(yard, "https", "no"), 401);
  assertEquals(await statusOf(yard, "https", "correct-horse"), 429);
  // The password was right from there before.
  for (const address of [cellar, attic]) assertEquals(await statusOf(address, "https", "correct-horse"), 201);
}

async function strangers(server: RunningServer): Promise<void> {
  const statusOf = async ({ webPort }: RunningServer, headers: Record<string, string>) => {
    const response = await fetch(`http://127.0.0.1:${webPort}/metrics`, { headers });
    await response.body?.cancel();
    return response.status;
  };
  assertEquals(await statusOf(server, { "x-forwarded-for": attic }), 403);
  assertEquals(await statusOf(server, {}), 200);
  await using careful = await startServer();
  await using ann = await byPage(careful, "ann", attic, { secure: true });
  const seen = (await ask(ann, "WHOIS ann")).join("\n");
  assert(seen.includes("127.0.0.1") && !seen.includes(" 671 "), seen);
  await using bob = await byLine(careful, "bob", attic, { register: false });
  const answer =
    "ERROR :This is parley.local: a PROXY header must be the first bytes of a connection from a --trusted-proxy, " +
    "and this connection is from 127.0.0.1";
  assertEquals(await bob.closed(), [answer]);
}

async function nonsense(): Promise<void> {
  const failure = await startServer(["--trusted-proxy", "localhost"]).then(() => "", String);
  assertMatch(
    failure,
    /Cannot use --trusted-proxy "localhost": write an address or a network, for example 10.0.0.5 or 10/,
  );
}
