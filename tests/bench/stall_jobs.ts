/** The work of clients that costs a server much, for stalls.ts, on the folder of large_data.ts. */
import { pause } from "../support/deadline.ts";
import { Asker } from "./asker.ts";

/** One piece of work. */
export interface Job {
  readonly name: string;
  /** Flags of the server; each set of flags starts with a fresh copy of the data. @default {[]} */
  readonly flags?: readonly string[];
  /** It is ended after this time. @default {it ends by itself} */
  readonly seconds?: number;
  /** The clients of the job, ready; this time does not count. */
  readonly prepare?: (port: number) => Promise<Asker[]>;
  /** Resolves at the end of the work, to a remark about the answer. */
  readonly run: (askers: readonly Asker[], port: number) => Promise<string | void>;
}

const channels = 100;

/** The busiest account, in a hundred channels; and the account that writes notes to itself, in none. */
async function member(port: number, account = "ann0"): Promise<Asker> {
  const asker = await Asker.enter(port, account, { account });
  const names = Array.from({ length: channels }, (_, at) => `#c${at}`);
  for (let at = 0; at < channels; at += 20) await asker.ask(`JOIN ${names.slice(at, at + 20).join(",")}`);
  return asker;
}

async function noteTaker(port: number): Promise<Asker> {
  return await Asker.enter(port, "ann1", { account: "ann1" });
}

const asMember = async (port: number) => [await member(port)];
const asNoteTaker = async (port: number) => [await noteTaker(port)];

/** Lines of one client, one after the other. */
function lines(name: string, prepare: Job["prepare"], ...all: string[]): Job {
  return { name, ...(prepare && { prepare }), run: async ([asker]) => await asker?.ask(...all) };
}

/** Runs a job until its end, or for so many seconds: then its clients leave in the middle. */
export async function runJob(
  job: Job,
  askers: readonly Asker[],
  { port, seconds = Infinity }: { readonly port: number; readonly seconds?: number },
): Promise<string | void> {
  const most = Math.min(seconds, job.seconds ?? Infinity);
  if (most === Infinity) return await job.run(askers, port);
  const answered = job.run(askers, port).catch(() => {});
  return await Promise.race([answered, pause(most * 1000).then(() => "still running")]) ?? undefined;
}

const oneLetters = "t o a i w h s b f m c d e g l n";
const fiftySearches = Array.from({ length: 50 }, () => `SEARCH :${oneLetters}`);
const searches: Job[] = [
  lines("SEARCH one letter, everywhere", asMember, "SEARCH t"),
  lines("SEARCH two common words", asMember, "SEARCH :the of"),
  lines("SEARCH a phrase", asMember, 'SEARCH :"the of and to"'),
  lines("SEARCH a phrase of sixteen words", asMember, `SEARCH :"${"the of ".repeat(8)}"`),
  lines("SEARCH has:file", asMember, "SEARCH :has:file"),
  lines("SEARCH has:link and a word", asMember, "SEARCH :has:link the"),
  lines("SEARCH sixteen one-letter words", asMember, `SEARCH :${oneLetters}`),
  lines("SEARCH a word of 400 bytes", asMember, `SEARCH :${"x".repeat(400)}`),
  lines("SEARCH symbols", asMember, "SEARCH :C++"),
  lines("SEARCH dates only", asMember, "SEARCH :after:2020-01-01"),
  lines("SEARCH a sender", asMember, "SEARCH :from:ann0"),
  lines("SEARCH an absent word", asMember, "SEARCH :zebra"),
  lines("SEARCH in one channel, an absent sender", asMember, "SEARCH in=#c0;from=nobody;text=t"),
  lines("SEARCH in the notes, one letter, limit=1", asNoteTaker, "SEARCH text=t;limit=1"),
  lines("SEARCH in the notes, absent letter", asNoteTaker, "SEARCH :qz"),
  lines("SEARCH in the notes, two common words", asNoteTaker, "SEARCH :the of"),
  lines(
    "SEARCH of somebody without history",
    async (port) => [await Asker.enter(port, "ann99999", { account: "ann99999" })],
    "SEARCH t",
  ),
  { ...lines("fifty SEARCHes of one person", asMember, ...fiftySearches), seconds: 20 },
  {
    seconds: 20,
    name: "fifty SEARCHes of each of ten persons",
    prepare: (port) => Promise.all(Array.from({ length: 10 }, (_, at) => member(port, `ann${at + 10}`))),
    run: async (askers) => (await Promise.all(askers.map((one) => one.ask(...fiftySearches))))[0],
  },
];

const page = "timestamp=2026-01-01T00:00:00.000Z";
const wide = "timestamp=1970-01-01T00:00:00.000Z timestamp=2099-01-01T00:00:00.000Z";
const histories: Job[] = [
  lines("CHATHISTORY LATEST", asMember, "CHATHISTORY LATEST #c0 * 100"),
  lines("CHATHISTORY BEFORE", asMember, `CHATHISTORY BEFORE #c0 ${page} 100`),
  lines("CHATHISTORY AROUND", asMember, `CHATHISTORY AROUND #c0 ${page} 100`),
  lines("CHATHISTORY BETWEEN", asMember, `CHATHISTORY BETWEEN #c0 ${wide} 100`),
  lines(
    "CHATHISTORY of a hundred channels",
    asMember,
    ...Array.from({ length: channels }, (_, at) => `CHATHISTORY LATEST #c${at} * 100`),
  ),
  lines("CHATHISTORY TARGETS, a wide range", asMember, `CHATHISTORY TARGETS ${wide} 1000`),
  lines(
    "MARKREAD for 5,000 channels",
    asMember,
    ...Array.from({ length: 5000 }, (_, at) => `MARKREAD #c${at} timestamp=2026-05-01T00:00:00.000Z`),
  ),
];

const crowdSize = 5000;
let crowd: Promise<Asker[]> | undefined;

/** Five thousand guests in one channel; they stay for the jobs after this one. */
function gather(port: number): Promise<Asker[]> {
  return crowd ??= (async () => {
    const all: Asker[] = [];
    for (let at = 0; at < crowdSize; at += 50) {
      const group = Array.from({ length: 50 }, (_, more) => Asker.enter(port, `guest${at + more}`));
      all.push(...await Promise.all(group));
    }
    for (const one of all) one.say("JOIN #crowd");
    for (let at = 0; at < crowdSize; at += 50) {
      await Promise.all(all.slice(at, at + 50).map((one) => one.ask()));
    }
    return all;
  })();
}

/** One more client beside the crowd. */
function beside(name: string, ...all: string[]): Job {
  return {
    name: `${name}, 5,000 people`,
    run: async (_, port) => {
      await gather(port);
      const asker = await Asker.enter(port, "asker");
      await asker.ask("JOIN #crowd");
      await pause(500);
      const words = await asker.ask(...all);
      await asker.ask("QUIT").catch(() => {});
      asker.close();
      return words;
    },
  };
}

const people: Job[] = [
  { name: "a join flood of 5,000 people", run: async (_, port) => void await gather(port) },
  beside("nothing (a visit)"),
  beside("WHO *", "WHO *"),
  beside("WHO #crowd", "WHO #crowd"),
  beside("WHO with a mask", "WHO *9*5*"),
  beside("WHO with a long mask", `WHO ${"*9".repeat(60)}*`),
  beside("WHOX", "WHO * %tcuihsnfdlaor,7", "WHO #crowd %tcuihsnfdlaor,7"),
  beside("NAMES", "NAMES #crowd"),
  beside("LIST", "LIST"),
  beside("LIST with all filters", "LIST *c*,!*9*9*,>0,<9999,C>1,T>1"),
  beside(
    "LIST with a hundred masks",
    `LIST ${Array.from({ length: 100 }, (_, at) => `*${at}*c*${at}*`).join(",")}`,
  ),
  beside("WHOIS", "WHOIS guest1"),
  beside("WHOWAS", "WHOWAS guest1", "WHOWAS asker"),
  beside(
    "MONITOR of 100",
    `MONITOR + ${Array.from({ length: 100 }, (_, at) => `guest${at}`).join(",")}`,
    "MONITOR S",
  ),
  beside(
    "LUSERS, STATS, ISON",
    "LUSERS",
    `ISON ${Array.from({ length: 400 }, (_, at) => `guest${at}`).join(" ")}`,
  ),
  {
    name: "MODE +b, KICK, TOPIC in a channel of 5,000",
    run: async (_, port) => {
      const all = await gather(port);
      await all[0]?.ask(
        ...Array.from({ length: 50 }, (_, at) => `MODE #crowd +b *x${at}*!*y*@*`),
        "TOPIC #crowd :news",
        "KICK #crowd guest1,guest2,guest3,guest4 :out",
      );
    },
  },
  {
    name: "UBAN that matches 500 of them",
    run: async (_, port) => {
      await gather(port);
      const owner = await Asker.enter(port, "ann0", { account: "ann0" });
      const words = await owner.ask("UBAN ADD guest*2!*@* 1h :x", "UBAN ADD *!*@nowhere.example 1h :x");
      owner.close();
      return words;
    },
  },
  {
    name: "all others leave at once",
    run: async (_, port) => {
      for (const one of await gather(port)) one.close();
      await pause(3000);
    },
  },
];

const work: Job[] = [
  {
    name: "REDACT of a hundred old messages",
    prepare: asMember,
    run: async ([asker]) => {
      if (asker === undefined) return;
      const ids = await messageIds(asker, `CHATHISTORY BETWEEN #c0 ${wide} 100`);
      return await asker.ask(...ids.map((id) => `REDACT #c0 ${id}`));
    },
  },
  {
    name: "REDACT of a message of 30 KB, all words different",
    prepare: async (port) => {
      const asker = await member(port);
      await sayMuch(asker);
      return [asker];
    },
    run: async ([asker]) => {
      if (asker === undefined) return;
      const [id] = await messageIds(asker, "CHATHISTORY LATEST #c0 * 1");
      const words = await asker.ask(`REDACT #c0 ${id}`);
      // Its words are removed by the upkeep.
      await pause(10_000);
      return words;
    },
  },
  lines("ACCOUNT LIST", asMember, "ACCOUNT LIST *1*1*"),
  lines("BACKUP", asMember, "BACKUP"),
  lines("two BACKUPs", asMember, "BACKUP", "BACKUP"),
  lines("ACCOUNT EXPORT of the notes", asNoteTaker, "ACCOUNT EXPORT"),
  lines("ACCOUNT EXPORT of the busiest", asMember, "ACCOUNT EXPORT"),
  {
    name: "ACCOUNT DELETE of the busiest, ten times others ask",
    prepare: async (port) => [await member(port), await member(port, "ann7")],
    run: async ([busiest, other]) => {
      await busiest?.ask("ACCOUNT DELETE correct-horse-battery").catch(() => {});
      for (let at = 0; at < 10; at++) {
        await other?.ask("CHATHISTORY LATEST #c0 * 100", "SEARCH :from:ann0", "SEARCH text=t;limit=1");
        await pause(1000);
      }
    },
  },
];

function idle(name: string, flags: readonly string[], seconds: number): Job {
  return { name, flags, run: () => pause(seconds * 1000) };
}

const upkeep: Job[] = [
  idle("pruning by --keep-for 30d, for 60 s", ["--keep-for", "30d"], 60),
  idle("pruning by --keep-messages 100, for 60 s", ["--keep-messages", "100"], 60),
  idle("pruning of 300,000 files, for 60 s", ["--upload-keep", "1m"], 60),
];

/** A multiline message of about 30 KB, and time to index it. */
async function sayMuch(asker: Asker): Promise<void> {
  const line = (at: number) =>
    Array.from({ length: 50 }, (_, more) => `w${(at * 50 + more + 1_000_000).toString(36)}`).join(" ");
  const batched = Array.from({ length: 90 }, (_, at) => `@batch=1 PRIVMSG #c0 :${line(at)}`);
  await asker.ask("BATCH +1 draft/multiline #c0", ...batched, "BATCH -1");
  await pause(6000);
}

/** The ids of the messages in an answer. */
async function messageIds(asker: Asker, text: string): Promise<string[]> {
  const ids: string[] = [];
  asker.onLine = (line) => ids.push(.../[;@]msgid=([^; ]+)/.exec(line)?.slice(1) ?? []);
  await asker.ask(text);
  asker.onLine = undefined;
  return ids;
}

/** All jobs, in an order in which no job changes what a later one measures. */
export const jobs: readonly Job[] = [
  { name: "nothing, for 5 s", run: () => pause(5000) },
  ...searches,
  ...histories,
  ...people,
  ...work,
  ...upkeep,
];
