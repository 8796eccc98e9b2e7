/** A member of every channel on one machine who reads all of it, to compare it with the other machines. */
import { format, type Message } from "../../lib/irc/message.ts";
import { refusalIn } from "./answers.ts";
import type { Machine } from "./faulty_cluster.ts";
import { connectTo, Session } from "./session.ts";

const page = 1000;
const oldest = "timestamp=1970-01-01T00:00:00.000Z";
/** How many rows WHO shows of a user: all that is the same on every machine. */
const whoFields = "%tcuhnfar,42";

/** A record of history, and its line without what differs between two connections. */
export interface HistoryRecord {
  readonly message: Message;
  readonly line: string;
}

export class Observer implements AsyncDisposable {
  readonly #session: Session;
  readonly #reading: Promise<void>;

  private constructor(session: Session, reading: Promise<void>) {
    this.#session = session;
    this.#reading = reading;
  }

  /** A guest, or a device of an account, that joins these channels. */
  static async connect(
    machine: Pick<Machine, "ports">,
    nick: string,
    { account, channels = [] }: { account?: string; channels?: readonly string[] } = {},
  ): Promise<Observer> {
    const session = new Session(await connectTo(machine, "tcp"), () => {});
    const observer = new Observer(session, session.read());
    await session.register(nick, account, ["draft/event-playback"]);
    for (const channel of channels) await observer.ask(`JOIN ${channel}`);
    return observer;
  }

  /** Resolves once this machine knows that a user has joined a channel, and so everything before that. */
  async knows(nick: string, channel: string): Promise<void> {
    while (!(await this.ask(`NAMES ${channel}`)).flatMap(factsOf).includes(`353 ${channel} ${nick}`)) {
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }

  /** The answer; throws when it is a refusal, or when the connection is lost. */
  async ask(line: string): Promise<Message[]> {
    const answer = await this.#session.ask(line);
    const words = answer === undefined ? this.#session.lastWords : refusalIn(answer);
    if (answer === undefined || words !== undefined) throw new Error(`"${line}" was answered "${words}"`);
    return answer;
  }

  /** All records of a conversation, oldest first. */
  async history(target: string): Promise<HistoryRecord[]> {
    const all = new Map<string, HistoryRecord>();
    for (let after = oldest;;) {
      const before = all.size;
      for (const message of await this.ask(`CHATHISTORY AFTER ${target} ${after} ${page}`)) {
        const line = comparable(message);
        all.set(line, { message, line });
        const id = message.tags.get("msgid");
        if (id !== undefined) after = `msgid=${id}`;
      }
      if (all.size === before) return [...all.values()];
    }
  }

  /** The same of several conversations. */
  async histories(targets: readonly string[]): Promise<Map<string, HistoryRecord[]>> {
    const all = new Map<string, HistoryRecord[]>();
    for (const target of targets) all.set(target, await this.history(target));
    return all;
  }

  /** The messages with this word. */
  async search(word: string): Promise<Message[]> {
    return (await this.ask(`SEARCH text=${word}`)).filter(({ command }) => command === "PRIVMSG");
  }

  /** The channels and their members as IRC shows them, one line for each fact, in any order. */
  async state(channels: readonly string[]): Promise<string[]> {
    const facts: string[] = [];
    for (const channel of channels) {
      const questions = ["NAMES", "TOPIC", "MODE"].map((word) => `${word} ${channel}`);
      for (const question of [...questions, `WHO ${channel} ${whoFields}`, `MODE ${channel} b`]) {
        facts.push(...(await this.ask(question)).flatMap(factsOf));
      }
    }
    facts.push(...(await this.ask("LIST")).flatMap(factsOf));
    return facts.sort();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#session.abort();
    await this.#reading;
  }
}

function comparable({ tags, source, command, params }: Message): string {
  const kept = [...tags].filter(([key]) => key !== "batch" && key !== "label").sort();
  return format({ tags: kept, source, command, params: params.map((one) => one.replaceAll("\n", "\\n")) });
}

/** A numeric without the nick of the asker and the name of the server; one fact for each name of a list. */
function factsOf({ command, params }: Message): string[] {
  const [, ...rest] = params;
  if (command === "353") {
    return (rest.at(-1) ?? "").split(" ").filter(Boolean).map((name) => `353 ${rest[1]} ${name}`);
  }
  return [`${command} ${rest.join(" ")}`];
}
