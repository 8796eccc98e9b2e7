/** Compares the machines: the history of each conversation and the state of the channels, as each machine shows them. */
import { startServer } from "../support/server.ts";
import type { Machine } from "./faulty_cluster.ts";
import { type HistoryRecord, Observer } from "./observer.ts";
import type { Talker } from "./talker.ts";
import { differences, type Histories } from "./verdict.ts";

/** After the last fault machines may still declare an earlier run of another one lost, for this long. */
const settleMs = 20_000;
const againMs = 1_000;

/** One machine as its observer sees it. */
export interface View {
  readonly name: string;
  readonly observer: Observer;
  readonly histories: Histories;
  readonly state: readonly string[];
}

/** Looks at all machines, again and again until all show the same, or until the time is over. */
export async function compareViews(
  machines: readonly Machine[],
  channels: readonly string[],
): Promise<{ views: View[]; different: string[] }> {
  const observers = await Promise.all(
    machines.map((machine) => Observer.connect(machine, `see${machine.name}`, { channels })),
  );
  for (const { name } of machines) {
    for (const observer of observers) {
      for (const channel of channels) await observer.knows(`see${name}`, channel);
    }
  }
  const fromMs = performance.now();
  for (;;) {
    const views: View[] = [];
    for (const [at, observer] of observers.entries()) {
      const histories = await observer.histories(channels);
      const state = await observer.state(channels);
      views.push({ name: machines[at]?.name ?? "", observer, histories, state });
    }
    const different = differentViews(views, channels);
    if (different.length === 0 || performance.now() - fromMs > settleMs) return { views, different };
    await new Promise((resolve) => setTimeout(resolve, againMs));
  }
}

function differentViews(views: readonly View[], channels: readonly string[]): string[] {
  const of = (lines: (view: View) => readonly string[]) =>
    new Map(views.map((view) => [view.name, lines(view)]));
  return [
    ...channels.flatMap((channel) =>
      differences(`history of ${channel}`, of((view) => linesOf(view.histories, channel)))
    ),
    ...differences("state", of(({ state }) => state)),
  ];
}

/** The private conversations of one person, as each machine shows them. */
export async function privateViews(
  machines: readonly Machine[],
  person: Talker,
  others: readonly string[],
): Promise<{ histories: Histories; different: string[] }> {
  const all = new Map<string, Histories>();
  const account = person.options.nick;
  for (const machine of machines) {
    await using device = await Observer.connect(machine, account, { account });
    all.set(machine.name, await device.histories(others));
  }
  const different = others.flatMap((other) =>
    differences(
      `history of ${account} and ${other}`,
      new Map([...all].map(([name, histories]) => [name, linesOf(histories, other)])),
    )
  );
  return { histories: [...all.values()][0] ?? new Map(), different };
}

/** The messages on the disk of a machine: a server without NATS shows them. */
export async function messagesOnDisk(folder: string, channels: readonly string[]): Promise<Histories> {
  await using server = await startServer(["--data", folder, "--history-page", "1000"]);
  const ports = { irc: server.port, tls: server.tlsPort ?? 0, web: server.webPort ?? 0 };
  await using observer = await Observer.connect({ ports }, "seedisk", { channels });
  const histories = await observer.histories(channels);
  await server.stop();
  return histories;
}

/** The lines of a history; only those of messages, if told so. */
export function linesOf(histories: Histories, target: string, command?: string): string[] {
  const told: readonly HistoryRecord[] = histories.get(target) ?? [];
  return told.filter(({ message }) => command === undefined || message.command === command).map(({ line }) =>
    line
  );
}
