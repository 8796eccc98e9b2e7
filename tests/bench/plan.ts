/** The steps of a run: which part measures which servers, with which sizes. */
import { measureIdle } from "./idle.ts";
import { measureMachines } from "./machines.ts";
import { measurePaced } from "./paced.ts";
import { measurePageFlood } from "./page_flood.ts";
import { canMeasurePageLoad, firstLoad, measurePageLoad, secondLoad } from "./page_load.ts";
import type { PartName } from "./parts.ts";
import type { Report } from "./report.ts";
import { isOffered, type Kind, type ServerName } from "./servers.ts";
import type { OnFailure } from "./side_by_side.ts";
import { measureStart } from "./startup.ts";
import { comeBack, comeBackByTls, measureStorm, registrations } from "./storm.ts";
import { measureStuck, onePerson, tenPages } from "./stuck.ts";
import { measureThroughput } from "./throughput.ts";

export interface Sizes {
  /** Clients in the channel, and messages in flight, for the fan-out. */
  readonly clients: readonly number[];
  readonly inFlight: readonly number[];
  /** Messages per second at the steady rate. */
  readonly rate: number;
  readonly rounds: number;
  readonly windowMs: number;
  /** The window at the steady rate: p99.9 needs many messages. */
  readonly pacedMs: number;
  /** Idle connections without TLS. */
  readonly idle: number;
  /** The most idle connections over TLS; fewer where the system allows fewer. */
  readonly idleTls: number;
  /** How long they are idle before their memory is read again; 0: it is read once. */
  readonly restMs: number;
  /** A data folder with much in it, or undefined. */
  readonly large: string | undefined;
  /** The most files that this process can have open. */
  readonly descriptors: number;
}

export interface Step {
  readonly part: PartName;
  readonly what: string;
  run(report: Report, onFailure: OnFailure): Promise<void>;
}

/** Clients at the steady rate, and those of TLS and WebSockets. */
const pacedClients = 100;
const otherKinds: readonly Kind[] = ["tls", "websocket"];
const [otherClients, otherInFlight] = [100, 64];

/** All steps, in the order in which they run. With `isWhole`, also those that a quick run leaves out. */
export function planOf(servers: readonly ServerName[], sizes: Sizes, isWhole: boolean): Step[] {
  const having = (kind: Kind) => servers.filter((name) => isOffered(name, kind));
  const irc = servers.filter((name) => !name.endsWith("relay"));
  // A quick run measures latency and storms only with history on disk, as people run Parley.
  const isChosen = (name: ServerName) => isWhole || name !== "parley";
  const kinds: readonly Kind[] = isWhole ? ["plain", ...otherKinds] : ["plain"];
  const { rate, rounds, windowMs, pacedMs } = sizes;
  return [
    ...kinds.map((kind) =>
      step("paced", `${rate} messages a second, ${kind}`, (report, onFailure) => {
        const options = { kind, clients: pacedClients, rate, rounds, windowMs: pacedMs };
        return measurePaced(having(kind).filter(isChosen), options, report, onFailure);
      })
    ),
    step("fan-out", "fan-out", (report, onFailure) => {
      const { clients, inFlight } = sizes;
      const options = { kind: "plain", clients, inFlight, rounds, windowMs } as const;
      return measureThroughput(having("plain"), options, report, onFailure);
    }),
    ...(isWhole ? otherKinds : []).map((kind) =>
      step("fan-out", `fan-out, ${kind}`, (report, onFailure) => {
        const options = { kind, clients: [otherClients], inFlight: [otherInFlight], rounds, windowMs };
        return measureThroughput(having(kind), options, report, onFailure);
      })
    ),
    ...[registrations, comeBack, ...(isWhole ? [comeBackByTls] : [])].map((storm) =>
      step("storm", storm.what, (report, onFailure) => {
        // The listen queue of ngIRCd holds ten connections, so a storm says nothing about it.
        const names = irc.filter((name) => name !== "ngircd" && isOffered(name, storm.kind));
        return measureStorm(names.filter(isChosen), storm, rounds, report, onFailure);
      })
    ),
    ...idleSteps(irc, sizes, isWhole),
    ...(isWhole ? stuckSteps(irc, rounds) : []),
    ...servers.map((name) =>
      step("start", `start of ${name}`, (report) => measureStart(name, { runs: rounds }, report))
    ),
    ...largeSteps(sizes),
    ...(isWhole && canMeasurePageLoad ? pageSteps(rounds) : []),
    ...(isWhole ? [step("machines", "three machines", (report) => measureMachines(rounds, report))] : []),
  ];
}

/** As many servers at a time as there are descriptors for. */
function idleSteps(irc: readonly ServerName[], sizes: Sizes, isWhole: boolean): Step[] {
  const { idle: connections, idleTls, restMs, descriptors } = sizes;
  const names = irc.filter((name) => name !== "parley-disk");
  const width = Math.max(1, Math.floor(descriptors / connections));
  const groups = Array.from(
    { length: Math.ceil(names.length / width) },
    (_, at) => names.slice(at * width, (at + 1) * width),
  );
  const overTls = names.filter((name) => name === "parley");
  return [
    ...groups.map((group) =>
      step("idle", `idle connections of ${group.join(", ")}`, (report, onFailure) => {
        return measureIdle(group, { kind: "plain", connections, restMs }, report, onFailure);
      })
    ),
    ...(isWhole && overTls.length > 0
      ? [step("idle", "idle connections over TLS", (report, onFailure) => {
        const options = { kind: "tls", connections: Math.min(idleTls, descriptors), restMs } as const;
        return measureIdle(overTls, options, report, onFailure);
      })]
      : []),
  ];
}

function stuckSteps(irc: readonly ServerName[], rounds: number): Step[] {
  const one = irc.map((name) =>
    step("stuck", `a client that stops reading, ${name}`, (report) => {
      return measureStuck(name, { ...onePerson, rounds }, report);
    })
  );
  const pages = irc.filter((name) => name === "parley").map((name) =>
    step("stuck", `pages that stop reading, ${name}`, (report) => {
      return measureStuck(name, { ...tenPages, rounds: 1 }, report);
    })
  );
  return [...one, ...pages];
}

function pageSteps(rounds: number): Step[] {
  return [
    step("page", "the load of the page", async (report) => {
      const { first, reload } = await measurePageLoad(rounds);
      for (const [what, { ms, bytes, requests }] of [[firstLoad, first], [secondLoad, reload]] as const) {
        report.add({ part: "page", what, server: "page" }, {
          seconds: [ms / 1000],
          KB: [bytes / 1000],
          requests: [requests],
        });
      }
    }),
    step("page", "the page with many lines", (report) => measurePageFlood(report)),
  ];
}

function largeSteps({ large: folder, rounds: runs }: Sizes): Step[] {
  if (folder === undefined) return [];
  return [step("start", "start with a large folder", (report) => {
    return measureStart("parley-disk", { runs, folder }, report);
  })];
}

function step(part: PartName, what: string, run: Step["run"]): Step {
  return { part, what, run };
}
