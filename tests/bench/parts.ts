/** The parts of the benchmark, and the figures of each with their units. */

/** One part. */
interface Part {
  /** The heading of its table. */
  readonly title: string;
  readonly figures: readonly string[];
}

export const parts = {
  paced: {
    title: "Latency and CPU at a steady rate in one channel",
    figures: ["p50 ms", "p99 ms", "p99.9 ms", "max ms", "CPU %"],
  },
  "fan-out": {
    title: "Deliveries, N clients in one channel, W messages in flight",
    figures: ["per CPU second", "per wall second"],
  },
  storm: {
    title: "Many connect at once",
    figures: ["seconds", "per second", "CPU µs each", "refused"],
  },
  idle: {
    title: "Memory of idle connections",
    figures: ["connections", "KiB without", "KiB each on arrival", "KiB each at rest"],
  },
  stuck: {
    title: "Clients that stop reading",
    figures: ["others' p99 ms", "p99 ms then", "ratio", "cut off s"],
  },
  start: { title: "From start to listening", figures: ["ms"] },
  page: {
    title: "The page in Chromium",
    figures: ["seconds", "KB", "requests", "key ms", "paint ms", "nodes", "MB", "MB private"],
  },
  machines: {
    title: "Three machines on NATS",
    figures: ["p50 ms", "p99 ms", "messages per second"],
  },
} as const satisfies Readonly<Record<string, Part>>;

export type PartName = keyof typeof parts;
export type FigureOf<P extends PartName> = (typeof parts)[P]["figures"][number];

export const partNames = Object.keys(parts) as readonly PartName[];
