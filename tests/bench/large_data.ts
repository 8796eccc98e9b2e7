/**
 * A data folder as a busy server has it after a year: channels of very different sizes, private conversations, notes to
 * oneself, long messages, files, accounts, registered channels, deletions and read markers. It is written through the
 * store, with the same content each time.
 */
import { firstStamp } from "../../lib/irc/stamp.ts";
import { formatRecord } from "../../lib/irc/record.ts";
import { formatVerifier, makeVerifier } from "../../lib/irc/scram.ts";
import { openStore, type Store } from "../../lib/server/store/store.ts";
import { Chance } from "../chaos/chance.ts";

/** The password of every account in the folder. */
export const password = "correct-horse-battery";

/** How much a folder contains. */
export interface DataSize {
  readonly messages: number;
  readonly accounts: number;
  readonly files: number;
  readonly registeredChannels: number;
}

/** The size that a guest must not be able to stop. */
export const largeSize: DataSize = {
  messages: 2_000_000,
  accounts: 100_000,
  files: 300_000,
  registeredChannels: 5_000,
};

const channels = 200;
const people = 2_000;
const privatePairs = 5_000;
const yearMs = 365 * 24 * 3_600_000;
const common =
  "the of and to in is you that it he was for on are as with his they at be this have from or one had by"
    .split(" ");

/** Writes the folder; `tell` gets a sentence about the progress from time to time. */
export async function writeData(
  folder: string,
  size: DataSize,
  tell: (sentence: string) => void,
): Promise<void> {
  const verifier = formatVerifier(await makeVerifier(password, 4096));
  using store = openStore({ folder, synchronous: "off" });
  writeTables(store, size, verifier);
  writeFiles(store, folder, size.files);
  writeMessages(store, size.messages, tell);
  let rest = true;
  for (let at = 0; rest; at++) {
    store.database.attempt(() => rest = store.index.advance(performance.now() + 200));
    store.commit();
    if (at % 100 === 99) tell("still indexing");
  }
  writeDeletions(store, Math.floor(size.messages / 100));
  store.database.scrub();
}

function writeTables(store: Store, { accounts, registeredChannels }: DataSize, verifier: string): void {
  const createdMs = Date.now() - yearMs;
  for (let at = 0; at < accounts; at++) {
    const role = at === 0 ? "owner" : "";
    store.accounts.save({ name: `ann${at}`, verifier, role, suspended: undefined, createdMs });
    if (at % 2000 === 0) store.commit();
  }
  const state = { createdAt: Math.floor(createdMs / 1000), flags: "nt", settings: [], lists: [], ranks: [] };
  for (let at = 0; at < registeredChannels; at++) {
    const topic = { text: `About ${at}`, by: "ann0", at: state.createdAt };
    const row = { ...state, topic, flags: at < channels ? "nt" : "ntm" };
    store.channels.save({
      name: `#c${at}`,
      founder: `ann${at % people}`,
      usedMs: Date.now(),
      state: JSON.stringify(row),
    });
  }
  for (let at = 0; at < 100 * 100; at++) {
    store.markers.save(`ann${at % 100}`, `#c${Math.floor(at / 100)}`, createdMs);
  }
  store.commit();
}

function writeFiles(store: Store, folder: string, count: number): void {
  if (count > 0) Deno.mkdirSync(`${folder}/files`, { recursive: true, mode: 0o700 });
  for (let at = 0; at < count; at++) {
    const id = at.toString(36).padStart(22, "A");
    Deno.writeFileSync(`${folder}/files/${id}`, new Uint8Array());
    const createdMs = Date.now() - Math.floor((count - at) / count * 6 * 24 * 3_600_000);
    store.files.save({
      id,
      name: `f${at}.txt`,
      type: "text/plain",
      bytes: 0,
      owner: `ann${at % people}`,
      createdMs,
    });
    if (at % 2000 === 0) store.commit();
  }
  store.commit();
}

function writeMessages(store: Store, count: number, tell: (sentence: string) => void): void {
  const random = new Chance(12_345);
  const chance = () => random.next();
  const startMs = Date.now() - yearMs;
  for (let at = 0; at < count; at++) {
    const stamp = firstStamp(startMs + Math.floor(at / count * (yearMs - 60_000))) + 1;
    say(store, { at, stamp, chance });
    // Some ticks have one message, some have several.
    if (chance() < 0.5) store.database.insertPending();
    if (at % 1000 === 999) store.commit();
    if (at % 200_000 === 199_999) tell(`${at + 1} messages`);
  }
  store.commit();
}

interface Turn {
  readonly at: number;
  readonly stamp: number;
  readonly chance: () => number;
}

function say(store: Store, { at, stamp, chance }: Turn): void {
  const { conversations, history } = store;
  // One account writes a tenth of all, and one writes many notes to itself.
  const who = chance() < 0.1 ? 0 : Math.floor(people * chance() ** 3);
  const kind = chance();
  if (kind < 0.85) {
    const name = `#c${Math.floor(channels * chance() ** 3)}`;
    const record = line(`ann${who}`, name, at, chance);
    history.append(conversations.channel(name, name), 0, stamp, record);
  } else if (kind < 0.96) {
    const pair = Math.floor(privatePairs * chance());
    const [from, to] = [`ann${pair % people}`, `ann${(pair * 7 + 1) % people}`];
    history.append(conversations.between(side(from), side(to)), 0, stamp, line(from, to, at, chance));
  } else if (kind < 0.99) {
    history.append(
      conversations.between(side("ann1"), side("ann1")),
      0,
      stamp,
      line("ann1", "ann1", at, chance),
    );
  } else {
    const name = `#c${Math.floor(channels * chance() ** 3)}`;
    history.append(conversations.channel(name, name), 1, stamp, `:ann${who}!~x@host JOIN ${name}`);
  }
}

function side(name: string): { identity: string; name: string } {
  return { identity: name, name };
}

/** A message of twelve words; one of ten thousand has 64 KB in many lines. */
function line(nick: string, target: string, at: number, chance: () => number): string {
  const first = `@account=${nick} :${nick}!~x@host PRIVMSG ${target} :${words(at, chance)}`;
  if (at % 10_000 !== 9_999) return first;
  return formatRecord(first, Array.from({ length: 600 }, () => ({ text: words(at, chance) })));
}

function words(at: number, chance: () => number): string {
  const all = Array.from({ length: 12 }, (_, place) => {
    if (place % 4 === 3) return `w${Math.floor(65_537 * chance()).toString(36)}`;
    return common[Math.floor(common.length * chance())];
  });
  const end = at % 97 === 0 ? " C++ café https://example.org/a" : "";
  return `${all.join(" ")}${end}`;
}

function writeDeletions(store: Store, count: number): void {
  for (let at = 0; at < count; at++) {
    const stamp = firstStamp(Date.now() - yearMs) + at * 1024 + 3;
    store.deletions.save(1, stamp, {
      stamp: firstStamp(Date.now() - 60_000) + at,
      account: undefined,
      record: `:ann1!~x@host REDACT #c0 ${stamp.toString(36)}`,
      reason: "",
    });
    if (at % 1000 === 0) store.commit();
  }
  store.commit();
}

if (import.meta.main) {
  const [folder, share = "1"] = Deno.args;
  if (folder === undefined) throw new Error("Name a folder: large_data.ts FOLDER [SHARE]");
  const size = Object.fromEntries(
    Object.entries(largeSize).map(([name, count]) => [name, Math.ceil(count * Number(share))]),
  ) as unknown as DataSize;
  // deno-lint-ignore no-console
  await writeData(folder, size, (sentence) => console.log(sentence));
}
