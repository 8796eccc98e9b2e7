/**
 * Three real servers and a real nats-server on this host: one chat. The tests compare what people see in their clients.
 * Without nats-server they are ignored. Only `deno task chaos` runs them, because they take long.
 */
import { assert, assertEquals } from "@std/assert";
import { Cluster, clusterStory, history } from "../support/cluster.ts";
import { temporaryFolder } from "../support/folder.ts";
import type { Peer } from "../support/peer.ts";
import { hasProgram } from "../support/programs.ts";

const ignore = !hasProgram("nats-server");
const channels = ["#tea", "#den"];

/** All peers read until every earlier message is applied on their machine. */
async function catchUp(peers: readonly Peer[], channel = "#tea"): Promise<string[][]> {
  const [first] = peers;
  const word = `now-${crypto.randomUUID()}`;
  first?.send(`PRIVMSG ${channel} :${word}`);
  return await Promise.all(peers.map((peer) => peer.until(word)));
}

/** A channel's state as a peer sees it. */
async function view(peer: Peer, channel: string): Promise<string[]> {
  peer.send(`NAMES ${channel}`, `MODE ${channel}`, `MODE ${channel} b`, `TOPIC ${channel}`, `WHO ${channel}`);
  const lines = await peer.lines();
  const replies = lines.map((line) => /^(?:@\S+ )?\S+ (3\d\d) \S+ (.*)$/.exec(line))
    .flatMap((found) => found === null ? [] : [`${found[1]} ${found[2]}`]);
  // Names come in the order of arrival, which is the same everywhere too.
  return replies.filter((line) => !line.startsWith("366"));
}

/** Sends messages one after another until `isOver`; returns the echoed texts, and the number of refused ones. */
async function talk(peer: Peer, isOver: () => boolean): Promise<{ echoed: string[]; refused: number }> {
  const echoed: string[] = [];
  let refused = 0;
  for (let count = 0; !isOver() || count < 5; count++) {
    const text = `${peer.nick}-${count}`;
    peer.send(`PRIVMSG #tea :${text}`);
    const answer = (await peer.until((line) =>
      line.endsWith(` PRIVMSG #tea :${text}`) || line.includes(" FAIL PRIVMSG ")
    ))
      .at(-1) ?? "";
    if (answer.includes(" FAIL ")) refused++;
    else echoed.push(text);
    await pause();
  }
  return { echoed, refused };
}

/** Sends messages one after another until the connection is closed, and adds the echoed texts. */
async function talkUntilKilled(peer: Peer, echoed: string[]): Promise<void> {
  const talking = async () => {
    for (let count = 0;; count++) {
      const text = `${peer.nick}-${count}`;
      peer.send(`PRIVMSG #tea :${text}`);
      await peer.until(` PRIVMSG #tea :${text}`);
      echoed.push(text);
      await pause();
    }
  };
  await talking().catch(() => {});
}

/** Slow enough that all messages fit into one page of history. */
function pause(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 8));
}

function texts(lines: readonly string[]): string[] {
  return lines.map((line) => line.slice(line.indexOf(" :") + 2)).map((line) =>
    line.slice(line.indexOf(" :") + 2)
  )
    .filter((text) => !text.startsWith("now-"));
}

/** A generator of small numbers; the same seed gives the same numbers. */
function dice(seed: number): (sides: number) => number {
  let state = seed;
  return (sides) => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    return Math.floor(state / 65_536) % sides;
  };
}

function randomCommand(
  throwDice: (sides: number) => number,
  nicks: readonly string[],
  count: number,
): string {
  const channel = channels[throwDice(channels.length)] ?? "#tea";
  const nick = nicks[throwDice(nicks.length)] ?? "ann";
  const commands = [
    `JOIN ${channel}`,
    `PART ${channel} :off`,
    `PRIVMSG ${channel} :word ${count}`,
    `PRIVMSG ${channel} :more ${count}`,
    `TOPIC ${channel} :topic ${count}`,
    `MODE ${channel} ${throwDice(2) ? "+" : "-"}${"mtsi"[throwDice(4)]}`,
    `MODE ${channel} ${throwDice(2) ? "+o" : "-v"} ${nick}`,
    `MODE ${channel} +b bad${throwDice(9)}!*@*`,
    `KICK ${channel} ${nick} :out`,
    `NICK ${nick}${throwDice(3)}`,
    `AWAY${throwDice(2) ? " :gone" : ""}`,
  ];
  return commands[throwDice(commands.length)] ?? "AWAY";
}

clusterStory("what people do on three machines leaves the same channels and the same history on each", [
  "east",
  "west",
  "north",
], async (cluster) => {
  const witnesses = await cluster.join("#tea", "wim", "wes", "wyn");
  for (const witness of witnesses) await witness.join("#den");
  const nicks = ["ann", "bob", "cat", "dan", "eve", "fay"];
  const people = await Promise.all(nicks.map((nick, at) => cluster.peer(at % 3, nick)));
  for (const channel of channels) {
    for (const person of people) await person.join(channel);
    for (const nick of nicks) witnesses[0]?.send(`MODE ${channel} +o ${nick}`);
    await catchUp([...witnesses, ...people], channel);
  }
  const throwDice = dice(7);
  for (let round = 0; round < 40; round++) {
    for (const person of people) person.send(randomCommand(throwDice, nicks, round));
  }
  await Promise.all(people.map((person) => person.lines()));
  await catchUp(witnesses, "#den");
  for (const channel of channels) {
    const [first, ...others] = await Promise.all(witnesses.map((witness) => view(witness, channel)));
    for (const other of others) assertEquals(other.sort(), first?.sort());
    const [firstHistory, ...histories] = await Promise.all(
      witnesses.map((witness) => history(witness, channel)),
    );
    for (const other of histories) assertEquals(other, firstHistory);
    assert((firstHistory?.length ?? 0) > 0);
  }
});

clusterStory("when three people on three machines want one nick, one gets it and the others get an error", [
  "east",
  "west",
  "north",
], async (cluster) => {
  const people = await cluster.join("#tea", "ann", "bob", "cat");
  for (const wanted of ["one", "two", "three"]) {
    for (const person of people) person.send(`NICK ${wanted}`);
    const answers = (await Promise.all(people.map((person) => person.until(/ (433|NICK) .*(one|two|three)/))))
      .flat();
    const winners = answers.filter((line) =>
      line.includes(` NICK :${wanted}`) || line.endsWith(` NICK ${wanted}`)
    );
    assertEquals(new Set(winners.map((line) => line.replace(/^@\S+ /, ""))).size, 1);
    await catchUp(people);
    const views = await Promise.all(people.map((person) => view(person, "#tea")));
    assertEquals(views[1]?.sort(), views[0]?.sort());
    assertEquals(views[2]?.sort(), views[0]?.sort());
  }
});

clusterStory(
  "a machine that is killed under traffic loses nothing that was echoed, and its people quit once",
  ["east", "west", "north"],
  async (cluster) => {
    const [ann, bob, cat] = await cluster.join("#tea", "ann", "bob", "cat");
    const dan = await cluster.peer(2, "dan");
    await dan.join("#tea");
    if (ann === undefined || bob === undefined || cat === undefined) return;
    let isOver = false;
    const echoed: string[] = [];
    const steady = talk(ann, () => isOver);
    const doomed = talkUntilKilled(cat, echoed);
    await bob.until("cat-20");
    await cluster.servers[2]?.kill();
    const seen = await bob.until((line) => line.includes(":cat!") && line.includes(" QUIT "));
    isOver = true;
    await doomed;
    const { echoed: annEchoed } = await steady;
    seen.push(...(await catchUp([ann, bob]))[1] ?? []);
    const quits = seen.filter((line) => line.includes(" QUIT ")).map((line) =>
      line.replace(/^(@\S+ )?:(\w+)\S+/, "$2")
    );
    assertEquals(quits.sort(), ["cat QUIT :Machine north was lost", "dan QUIT :Machine north was lost"]);
    const [mine, other] = [await history(ann, "#tea"), await history(bob, "#tea")];
    assertEquals(other, mine);
    const stored = new Set(texts(mine));
    assertEquals([...echoed, ...annEchoed].filter((text) => !stored.has(text)), []);
  },
);

clusterStory(
  "when NATS is killed under traffic, people stay, get a notice, and nothing that was echoed is lost",
  ["east", "west", "north"],
  async (cluster) => {
    const [ann, bob, cat] = await cluster.join("#tea", "ann", "bob", "cat");
    if (ann === undefined || bob === undefined || cat === undefined) {
      return;
    }
    let isOver = false;
    const talking = [ann, bob].map((person) => talk(person, () => isOver));
    await cat.until("bob-20");
    await cluster.nats.kill();
    await cat.until(/ NOTICE cat :.*cannot reach each other/);
    cat.send("PRIVMSG #tea :refused");
    await cat.until(" FAIL PRIVMSG TEMPORARILY_UNAVAILABLE ");
    cat.send("SETNAME :Cat");
    await cat.until(" FAIL SETNAME TEMPORARILY_UNAVAILABLE ");
    await cluster.nats.again();
    await cat.until(/ NOTICE cat :.*reach each other again/);
    await cat.until(/ann-\d+$/);
    isOver = true;
    const outcomes = await Promise.all(talking);
    await catchUp([ann, bob, cat]);
    const [first, ...others] = await Promise.all([ann, bob, cat].map((person) => history(person, "#tea")));
    for (const other of others) assertEquals(other, first);
    const stored = texts(first ?? []);
    for (const { echoed } of outcomes) {
      assertEquals(stored.filter((text) => echoed.includes(text)), echoed);
    }
    assertEquals(new Set(stored).size, stored.length);
    assert(!stored.includes("refused"));
    assertEquals(await cat.lines(), []);
  },
);

Deno.test({
  name: "a machine that starts later, and one that returns, have the whole history and all members",
  ignore,
  async fn() {
    using temporary = temporaryFolder();
    await using cluster = await Cluster.start("east");
    const ann = await cluster.peer(0, "ann");
    await ann.join("#tea");
    ann.send("REGISTER * * secretword", "TOPIC #tea :leaves", "PRIVMSG #tea :first", "PRIVMSG #tea :second");
    await ann.until(/PRIVMSG #tea :?second/);
    const west = await cluster.add("west", ["--data", temporary.folder]);
    const bob = await cluster.peer(west, "bob");
    await bob.join("#tea");
    assertEquals(await view(bob, "#tea"), await view(ann, "#tea"));
    assertEquals(texts(await history(bob, "#tea")), ["first", "second"]);
    await west.stop();
    await ann.until(":bob!");
    const [, second = ""] = await history(ann, "#tea");
    ann.send("PRIVMSG #tea :third", `REDACT #tea ${second.split(" ")[0]}`);
    await ann.until("third");
    assertEquals(texts(await history(ann, "#tea")), ["first", "third"]);
    const again = await cluster.add("west", ["--data", temporary.folder]);
    const cat = await cluster.peer(again, "cat");
    await cat.join("#tea");
    assertEquals(texts(await history(cat, "#tea")), ["first", "third"]);
    assertEquals(await history(cat, "#tea"), await history(ann, "#tea"));
    cat.send("NICK ann2", "MODE #tea +b x!*@*");
    assert((await cat.lines()).some((line) => line.includes(" 482 ")));
  },
});

Deno.test({
  name: "when all machines and NATS are killed, the first to start has all that was echoed, whichever it is",
  ignore,
  async fn() {
    using places = temporaryFolder();
    await using cluster = await Cluster.start();
    const names = ["east", "west", "north"];
    const start = (name: string) => cluster.add(name, ["--data", `${places.folder}/${name}`]);
    for (const name of names) await start(name);
    const [ann, bob, cat] = await cluster.join("#tea", "ann", "bob", "cat");
    if (ann === undefined || bob === undefined || cat === undefined) return;
    ann.send("PRIVMSG #tea :early");
    await Promise.all([ann, bob, cat].map((person) => person.until("early")));
    await cluster.servers[2]?.kill();
    await bob.until(/:cat!.* QUIT /);
    const echoed: string[] = [];
    const talking = [ann, bob].map((person) => talkUntilKilled(person, echoed));
    await bob.until("ann-30");
    await Promise.all([cluster.servers[0]?.kill(), cluster.servers[1]?.kill(), cluster.nats.kill()]);
    await Promise.all(talking);
    await cluster.nats.again();
    const histories: string[][] = [];
    for (const name of ["north", "west", "east"]) {
      const reader = await cluster.peer(await start(name), `reader${histories.length}`);
      await reader.join("#tea");
      histories.push(await history(reader, "#tea"));
    }
    const stored = new Set(texts(histories[0] ?? []));
    assertEquals(["early", ...echoed].filter((text) => !stored.has(text)), []);
    assertEquals(histories[1], histories[0]);
    assertEquals(histories[2], histories[0]);
  },
});

Deno.test({
  name:
    "a machine that was cut off closes its sessions when it learns that it was declared lost, and continues",
  ignore: ignore || Deno.build.os === "windows",
  async fn() {
    await using cluster = await Cluster.start("east", "west");
    const [ann, bob] = await cluster.join("#tea", "ann", "bob");
    const pid = cluster.servers[1]?.pid;
    if (ann === undefined || bob === undefined || pid === undefined) return;
    Deno.kill(pid, "SIGSTOP");
    await ann.until(/:bob!.* QUIT :Machine west was lost/);
    ann.send("PRIVMSG #tea :meanwhile");
    await ann.until("meanwhile");
    Deno.kill(pid, "SIGCONT");
    assert(
      (await bob.closed()).some((line) => line.includes("ERROR :Closing link: This server was cut off")),
    );
    const back = await cluster.peer(1, "bob");
    await back.join("#tea");
    assertEquals(await history(back, "#tea"), await history(ann, "#tea"));
    assertEquals(await view(back, "#tea"), await view(ann, "#tea"));
  },
});

clusterStory("when NATS lost its data, people connect again and the machines are one chat", [
  "east",
  "west",
  "north",
], async (cluster) => {
  const people = await cluster.join("#tea", "ann", "bob", "cat");
  people[0]?.send("PRIVMSG #tea :before");
  await Promise.all(people.map((person) => person.until("before")));
  await cluster.nats.kill();
  await cluster.nats.again({ isEmpty: true });
  for (const person of people) {
    assert((await person.closed()).some((line) => line.includes("ERROR :Closing link: ")));
  }
  const back = await Promise.all(["ann", "bob", "cat"].map((nick, at) => peerAgain(cluster, at, nick)));
  for (const person of back) await person.join("#tea");
  back[0]?.send("PRIVMSG #tea :after");
  await Promise.all(back.map((person) => person.until("after")));
  const [first, ...others] = await Promise.all(back.map((person) => history(person, "#tea")));
  for (const other of others) assertEquals(other, first);
  assertEquals(texts(first ?? []), ["before", "after"]);
  const views = await Promise.all(back.map((person) => view(person, "#tea")));
  assertEquals(views[1]?.sort(), views[0]?.sort());
  assertEquals(views[2]?.sort(), views[0]?.sort());
});

/** A peer that tries until the machine accepts connections again and the nick is free on it. */
async function peerAgain(cluster: Cluster, at: number, nick: string): Promise<Peer> {
  for (let tries = 0; tries < 100; tries++) {
    const port = cluster.servers[at]?.port ?? 0;
    const trial = await cluster.raw(port);
    // Under another nick: a user who left holds the nick until the others apply it.
    trial.send(`NICK ${nick}-trial`, `USER ${nick} 0 * :${nick}`, `ISON ${nick}`);
    const answer = await trial.next(/ (303|433|451|NOTICE) /);
    trial.send("QUIT");
    await trial.closed();
    if (/ 303 \S+ :?$/.test(answer)) return await cluster.peer(at, nick);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`Machine ${at} accepts no connection`);
}
