/** Thirty people, ten on each machine, who talk at random: the load of a chaos run. */
import { pause } from "../support/deadline.ts";
import type { Machine } from "./faulty_cluster.ts";
import type { Chance } from "./chance.ts";
import { endEntry, type Ledger } from "./ledger.ts";
import { connectTo, password, Session, type Transport } from "./session.ts";
import { Talker } from "./talker.ts";

const perMachine = 10;
/** The first ones have an account; the first of all is the founder of channels. */
const accountsPerMachine = 4;
const transports: readonly Transport[] = ["tcp", "tls", "websocket"];
/** Every channel of the run. */
export const channels: readonly string[] = ["#c0", "#c1", "#c2", "#c3", "#c4", "#c5"];
const talkMs: readonly [number, number] = [300, 1_700];
const maxInFlight = 4;
const pasteLines = 3;

/** The people of a run; each acts within the own rights. */
export class Crowd {
  readonly talkers: readonly Talker[];
  readonly #ledger: Ledger;
  readonly #chance: Chance;
  #staying: Promise<void>[] = [];
  #isOver = false;

  constructor(machines: readonly Machine[], ledger: Ledger, chance: Chance) {
    this.#ledger = ledger;
    this.#chance = chance;
    this.talkers = machines.flatMap((machine, row) =>
      Array.from({ length: perMachine }, (_, at) =>
        new Talker({
          nick: `${machine.name}${at}`,
          hasAccount: at < accountsPerMachine,
          transport: transports[at % transports.length] ?? "tcp",
          machine,
          channels: channels.filter((_, channel) =>
            at === 0 ? channel % machines.length === row : (channel + at + row) % 2 === 0
          ),
          ledger,
          chance,
        }))
    );
  }

  /** Connects all; the founders register their channels first, so that no channel ends with its last member. */
  async gather(): Promise<void> {
    const founders = this.talkers.filter((one) => this.#isFounder(one));
    for (const founder of founders) {
      this.#staying.push(founder.stay());
      await founder.ready;
      for (const channel of founder.options.channels) {
        await founder.act("register channel", channel, "+r", `MODE ${channel} +r`);
      }
    }
    const others = this.talkers.filter((one) => !founders.includes(one));
    this.#staying.push(...others.map((one) => one.stay()));
    await this.ready();
  }

  /** Resolves when all are connected and have read what they missed. */
  async ready(): Promise<void> {
    await Promise.all(this.talkers.map((one) => one.ready));
  }

  /** Talks until stop(); resolves when all commands have an end. */
  async talk(): Promise<void> {
    await Promise.all(this.talkers.map((one) => this.#talk(one)));
  }

  stop(): void {
    this.#isOver = true;
  }

  async leave(): Promise<void> {
    for (const one of this.talkers) one.leave();
    await Promise.all(this.#staying);
  }

  #isFounder({ options }: Talker): boolean {
    return options.nick.endsWith("0");
  }

  async #talk(talker: Talker): Promise<void> {
    const acting = new Set<Promise<unknown>>();
    while (!this.#isOver) {
      await pause(talkMs[0] + this.#chance.next() * (talkMs[1] - talkMs[0]));
      if (acting.size >= maxInFlight) continue;
      const act = this.#act(talker).finally(() => acting.delete(act));
      acting.add(act);
    }
    await Promise.all(acting);
  }

  async #act(talker: Talker): Promise<unknown> {
    const dice = this.#chance.below(100);
    const channel = this.#chance.of(talker.options.channels);
    const own = talker.own.at(-1);
    if (dice < 8 && own !== undefined) return await this.#delete(talker);
    if (dice < 13 && own !== undefined) {
      return await talker.act(
        "react",
        channel,
        own.id ?? "",
        `@+draft/react=👍;+draft/reply=${own.id} TAGMSG ${channel}`,
      );
    }
    if (dice < 18) return await this.#paste(talker, channel);
    if (dice < 24 && talker.options.hasAccount) return await this.#writePrivately(talker);
    if (dice < 34 && this.#isFounder(talker)) return await this.#rule(talker, channel);
    if (dice < 36) return await this.#newcomer(talker.options.machine);
    const text = this.#ledger.uniqueText(talker.nick);
    const entry = await talker.act("message", channel, text, `PRIVMSG ${channel} :${text}`);
    if (entry?.outcome === "done") talker.own.push(entry);
  }

  async #delete(talker: Talker): Promise<void> {
    const [entry] = talker.own.splice(this.#chance.below(talker.own.length), 1);
    if (entry?.id === undefined) return;
    await talker.act("delete", entry.target, entry.id, `REDACT ${entry.target} ${entry.id}`);
  }

  async #paste(talker: Talker, channel: string): Promise<void> {
    const text = Array.from({ length: pasteLines }, () => this.#ledger.uniqueText(talker.nick));
    const lines = text.map((line) => `@batch=p PRIVMSG ${channel} :${line}`);
    const entry = await talker.act(
      "message",
      channel,
      text.join("\n"),
      `BATCH +p draft/multiline ${channel}`,
      ...lines,
      "BATCH -p",
    );
    if (entry?.outcome === "done") talker.own.push(entry);
  }

  /** The pairs of a writer and a reader of private messages: owners of accounts on two machines. */
  pairs(): [from: Talker, to: Talker][] {
    return this.talkers.flatMap((one, at) => {
      const friend = this.talkers[(at + perMachine) % this.talkers.length];
      return one.options.hasAccount && friend !== undefined ? [[one, friend]] : [];
    });
  }

  async #writePrivately(talker: Talker): Promise<void> {
    const to = this.pairs().find(([from]) => from === talker)?.[1].options.nick ?? "";
    const text = this.#ledger.uniqueText(talker.nick);
    await talker.act("message", to, text, `PRIVMSG ${to} :${text}`);
  }

  /** A founder sets a topic or kicks somebody. */
  async #rule(talker: Talker, channel: string): Promise<void> {
    if (this.#chance.below(2) === 0) {
      const topic = this.#ledger.uniqueText(talker.nick);
      return void await talker.act("topic", channel, topic, `TOPIC ${channel} :${topic}`);
    }
    const guests = this.talkers.filter(({ options }) =>
      !options.hasAccount && options.channels.includes(channel)
    );
    const { nick } = this.#chance.of(guests);
    await talker.act("kick", channel, nick, `KICK ${channel} ${nick} :out`);
  }

  /** A person who comes, registers an account and goes. */
  async #newcomer(machine: Machine): Promise<void> {
    const nick = this.#ledger.newNick();
    const connection = await connectTo(machine, "tcp").catch(() => undefined);
    if (connection === undefined) return;
    const session = new Session(connection, () => {});
    const reading = session.read();
    try {
      await session.register(nick);
      const entry = this.#ledger.add("account", nick, "*", nick);
      endEntry(entry, await session.ask(`REGISTER * * ${password}`));
    } catch {
      // The connection was lost while it registered: nothing was promised.
    }
    session.abort();
    await reading;
  }
}
