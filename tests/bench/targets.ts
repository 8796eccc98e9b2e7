/**
 * The promises of Parley for speed and size as one table, and the comparison of a run with them. A promise is a ratio to
 * another server in the same run where that is possible, because figures of two machines cannot be compared. What is
 * missed is printed with the figures of this run that say where it comes from.
 */
import { formatCount, formatTable } from "./figures.ts";
import type { FigureOf, PartName } from "./parts.ts";
import { onAServerAlone, onOneOfThree, threeTogether } from "./machines.ts";
import { manyChannels, missedLines } from "./page_flood.ts";
import { firstLoad, secondLoad } from "./page_load.ts";
import { figure, type Measured, ratio, type RowName, type SavedRun } from "./report.ts";
import type { Kind, ServerName } from "./servers.ts";
import { emptyFolder, largeFolder } from "./startup.ts";
import { comeBack, comeBackByTls, registrations } from "./storm.ts";
import { onePerson, stuckName, tenPages } from "./stuck.ts";
import { loadName } from "./throughput.ts";

interface Target {
  readonly what: string;
  readonly bound: "at least" | "at most";
  readonly limit: number;
  /** NaN when the run did not measure it. */
  readonly measured: (run: SavedRun) => number;
  /** The figures that say where a miss comes from. */
  readonly because: readonly Evidence[];
}

/** A figure that is printed beside a missed promise. */
interface Evidence {
  readonly name: RowName;
  readonly figure: string;
}

const targets: readonly Target[] = [
  pacedRatio("plain", "p99 ms", "inspircd", 1.2),
  pacedRatio("plain", "p99.9 ms", "inspircd", 2),
  pacedRatio("plain", "CPU %", "inspircd", 1.2),
  {
    what: "steady rate, p99.9 ms: history on disk − in memory",
    bound: "at most",
    limit: 1,
    measured: (run) => {
      const at = (server: ServerName) => figure(run, paced("plain", server), "p99.9 ms");
      return at("parley-disk") - at("parley");
    },
    because: [
      pacedEvidence("plain", "parley-disk", "p99.9 ms"),
      pacedEvidence("plain", "parley", "p99.9 ms"),
    ],
  },
  pacedRatio("tls", "p99 ms", "ergo", 1.2),
  pacedRatio("tls", "p99.9 ms", "ergo", 2),
  pacedRatio("websocket", "p99 ms", "ergo", 1.2),
  pacedRatio("websocket", "p99.9 ms", "ergo", 2),
  perCpuSecond("parley", "relay", loadName(100, 64), 0.7),
  perCpuSecond("parley", "inspircd", loadName(100, 64), 2),
  perCpuSecond("parley", "inspircd", loadName(1000, 64), 2),
  perCpuSecond("parley", "ngircd", loadName(100, 64), 4),
  perCpuSecond("parley", "ws-relay", loadName(100, 64, "websocket"), 4),
  savingOnDisk(loadName(100, 64)),
  savingOnDisk(loadName(1000, 64)),
  {
    what: "fan-out W=64, parley: N=1000 ÷ N=100",
    bound: "at least",
    limit: 0.7,
    ...quotient(
      { part: "fan-out", what: loadName(1000, 64), server: "parley" },
      { part: "fan-out", what: loadName(100, 64), server: "parley" },
      "per CPU second",
    ),
  },
  ...storms(),
  arrivals("parley ÷ ergo", 0.5, idle("plain", "parley"), idle("plain", "ergo")),
  arrivals("TLS ÷ plain", 2, idle("tls", "parley"), idle("plain", "parley")),
  {
    ...single("KiB per idle connection, 5000 at rest", idle("plain", "parley"), "KiB each at rest", 12),
    measured: (run) => ofMany(run, figure(run, idle("plain", "parley"), "KiB each at rest")),
  },
  ...[onePerson, tenPages].flatMap((options) => {
    const name = { part: "stuck", what: stuckName(options), server: "parley" } as const;
    return [
      single(`${name.what} stop reading: the others' p99 ÷ before`, name, "ratio", 1.5),
      single(`${name.what} stop reading: cut off within s`, name, "cut off s", options.giveUpMs / 1000),
    ];
  }),
  single("start to listening, ms", start(emptyFolder, "parley"), "ms", 200, [
    evidence(start(emptyFolder, "relay"), "ms"),
  ]),
  single("start with the large folder, ms", start(largeFolder, "parley-disk"), "ms", 300, [
    evidence(start(emptyFolder, "parley-disk"), "ms"),
    evidence(start(emptyFolder, "relay"), "ms"),
  ]),
  single("page, first load, s", page(firstLoad), "seconds", 1),
  single("page, first load, KB", page(firstLoad), "KB", 130),
  single("page, first load, requests", page(firstLoad), "requests", 12),
  single("page, reload, s", page(secondLoad), "seconds", 0.4),
  single(`page, ${missedLines}: s`, page(missedLines), "seconds", 5),
  single(`page, ${missedLines}: longest key, ms`, page(missedLines), "key ms", 16, [
    evidence(page(missedLines), "paint ms"),
  ]),
  single(`page, ${manyChannels} messages: MB`, page(manyChannels), "MB private", 80, [
    evidence(page(manyChannels), "MB"),
  ]),
  single("one of three machines, p50 ms", machines(onOneOfThree), "p50 ms", 0.5, [
    evidence(machines(onAServerAlone), "p50 ms"),
  ]),
  // Twice the 10,400 that were measured before, on two cores.
  {
    ...single("three machines, messages per second", machines(threeTogether), "messages per second", 20_800),
    bound: "at least",
  },
];

/** A line for each promise that this run has measured, and the reasons of those it misses; empty when there is none. */
export function formatTargets(run: SavedRun): string {
  const judged = targets.map((target) => ({ target, value: target.measured(run) }))
    .filter(({ value }) => !Number.isNaN(value))
    .map((one) => ({ ...one, kept: isKept(one.target, one.value) }));
  if (judged.length === 0) return "";
  const rows = judged.map(({ target: { what, bound, limit }, value, kept }) => [
    what,
    `${bound} ${limit}`,
    value.toFixed(2),
    kept ? "kept" : "MISSED",
  ]);
  const missed = judged.filter(({ kept }) => !kept).map(({ target }) =>
    `  ${target.what}: ${reason(run, target)}`
  );
  const reasons = missed.length === 0 ? "" : `\n\nWhere the missed ones come from\n${missed.join("\n")}`;
  return `Promises\n${formatTable(["", "promised", "measured", ""], rows)}${reasons}`;
}

function isKept({ bound, limit }: Target, value: number): boolean {
  return bound === "at least" ? value >= limit : value <= limit;
}

/** The figures of the evidence that were measured, such as "parley-disk 33.4 CPU %, inspircd 22.4 CPU %". */
function reason(run: SavedRun, { because }: Target): string {
  return because.flatMap(({ name, figure: unit }) => {
    const value = figure(run, name, unit as never);
    return Number.isNaN(value) ? [] : [`${name.server} (${name.what}) ${formatCount(value)} ${unit}`];
  }).join(", ");
}

/** The ratio of a figure of two rows, with both as evidence, and with `more`. */
function quotient<P extends PartName>(
  one: RowName<P>,
  other: RowName<P>,
  unit: FigureOf<P>,
  more: readonly Evidence[] = [],
): Pick<Target, "measured" | "because"> {
  return {
    measured: (run) => ratio(run, [one, other], unit),
    because: [...[one, other].map((name) => ({ name, figure: unit })), ...more],
  };
}

function paced(kind: Kind, server: ServerName): RowName<"paced"> {
  return { part: "paced", what: kind, server };
}

function pacedEvidence(kind: Kind, server: ServerName, unit: FigureOf<"paced">): Evidence {
  return { name: paced(kind, server), figure: unit };
}

/** With history on disk; the bare relay shows what the runtime alone takes. */
function pacedRatio(kind: Kind, unit: FigureOf<"paced">, other: ServerName, limit: number): Target {
  const more = [pacedEvidence(kind, "parley", unit), pacedEvidence("plain", "relay", unit)];
  return {
    what: `steady rate, ${kind}, ${unit}: parley-disk ÷ ${other}`,
    bound: "at most",
    limit,
    ...quotient(paced(kind, "parley-disk"), paced(kind, other), unit, more),
  };
}

function perCpuSecond(one: ServerName, other: ServerName, what: string, limit: number): Target {
  const name = (server: ServerName) => ({ part: "fan-out", what, server }) as const;
  const relay = { name: name("relay"), figure: "per CPU second" };
  return {
    what: `fan-out ${what}, per CPU second: ${one} ÷ ${other}`,
    bound: "at least",
    limit,
    ...quotient(name(one), name(other), "per CPU second", other === "relay" ? [] : [relay]),
  };
}

function savingOnDisk(what: string): Target {
  const name = (server: ServerName) => ({ part: "fan-out", what, server }) as const;
  const { measured, because } = quotient(name("parley-disk"), name("parley"), "per CPU second");
  return {
    what: `fan-out ${what}: % that saving on disk costs`,
    bound: "at most",
    limit: 5,
    measured: (run) => (1 - measured(run)) * 100,
    because,
  };
}

function storms(): Target[] {
  const of = (what: string, server: ServerName) => ({ part: "storm", what, server }) as const;
  const cpu = (what: string) =>
    (["parley-disk", "inspircd", "ergo"] as const).map((server) => ({
      name: of(what, server),
      figure: "CPU µs each",
    }));
  const at = ({ what }: { readonly what: string }, unit: FigureOf<"storm">) =>
    quotient(of(what, "parley-disk"), of(what, "inspircd"), unit, cpu(what));
  return [
    {
      what: `${registrations.what}, per second: parley-disk ÷ inspircd`,
      bound: "at least",
      limit: 1,
      ...at(registrations, "per second"),
    },
    {
      what: `${comeBack.what}, seconds: parley-disk ÷ inspircd`,
      bound: "at most",
      limit: 1.2,
      ...at(comeBack, "seconds"),
    },
    ...[registrations, comeBack, comeBackByTls].map(({ what }) =>
      single(`${what}: refused`, of(what, "parley-disk"), "refused", 0)
    ),
  ];
}

function arrivals(what: string, limit: number, one: RowName<"idle">, other: RowName<"idle">): Target {
  const { measured, because } = quotient(one, other, "KiB each on arrival");
  return {
    what: `KiB per idle connection, 5000 on arrival: ${what}`,
    bound: "at most",
    limit,
    measured: (run) => ofMany(run, measured(run)),
    because,
  };
}

/** With few connections, the memory of a server that is no longer fresh counts more than theirs: NaN. */
function ofMany(run: SavedRun, value: number): number {
  return figure(run, idle("plain", "parley"), "connections") < 5000 ? NaN : value;
}

function idle(kind: Kind, server: ServerName): RowName<"idle"> {
  return { part: "idle", what: kind, server };
}

function page(what: string): RowName<"page"> {
  return { part: "page", what, server: "page" satisfies Measured };
}

function machines(what: string): RowName<"machines"> {
  return { part: "machines", what, server: "machines" };
}

/** At most this value of one figure, which is the evidence with `more`. */
function single<P extends PartName>(
  what: string,
  name: RowName<P>,
  unit: FigureOf<P>,
  limit: number,
  more: readonly Evidence[] = [],
): Target {
  return {
    what,
    bound: "at most",
    limit,
    measured: (run) => figure(run, name, unit),
    because: [evidence(name, unit), ...more],
  };
}

function evidence<P extends PartName>(name: RowName<P>, unit: FigureOf<P>): Evidence {
  return { name, figure: unit };
}

function start(what: string, server: ServerName): RowName<"start"> {
  return { part: "start", what, server };
}
