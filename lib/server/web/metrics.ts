/**
 * The state of the server for monitoring: /metrics in the text format of Prometheus, /healthz (the process answers)
 * and /readyz (it accepts users and messages). Only this machine can read them unless the setting opens them.
 */
import type { IncomingMessage, ServerResponse } from "node:http";
import { descriptorLimit, openDescriptors } from "../../net/descriptors.ts";
import type { Hub } from "../hub/hub.ts";
import type { Visitor } from "./visitor.ts";
import { type Route, sendText } from "./web.ts";

/** One metric. */
interface Metric {
  readonly name: string;
  readonly help: string;
  readonly kind: "gauge" | "counter";
  readonly value: (hub: Hub) => number;
}

const unreachable = "NATS does not order events: users stay connected, but their messages are refused";
const diskFull = "The disk is full or fails, and too much waits in memory: new messages are refused";

/** It does not change; reading it starts a program on some systems. */
let maxDescriptors: number | undefined;

const metrics: readonly Metric[] = [
  {
    name: "parley_sessions",
    help: "Connections, also before registration",
    kind: "gauge",
    value: (hub) => hub.chat.sessions.size,
  },
  { name: "parley_users", help: "Users online", kind: "gauge", value: (hub) => hub.chat.users.size },
  {
    name: "parley_users_most",
    help: "Highest number of users online at once",
    kind: "gauge",
    value: (hub) => hub.chat.mostUsers,
  },
  { name: "parley_channels", help: "Channels", kind: "gauge", value: (hub) => hub.chat.channels.size },
  { name: "parley_events_total", help: "Events applied", kind: "counter", value: (hub) => hub.applied },
  { name: "parley_queued_bytes", help: "Bytes queued for readers", kind: "gauge", value: queuedBytes },
  { name: "parley_machines", help: "Machines in this chat", kind: "gauge", value: machineCount },
  {
    name: "parley_bus_up",
    help: "1 if NATS is reachable or not used, otherwise 0",
    kind: "gauge",
    value: ({ busFigures }) => Number(busFigures?.isUp ?? true),
  },
  {
    name: "parley_bus_lag_events",
    help: "Events of the stream that this machine has not applied yet",
    kind: "gauge",
    value: ({ busFigures }) => busFigures?.lag ?? 0,
  },
  {
    name: "parley_bus_in_flight",
    help: "Events that this machine sent and that are not ordered yet",
    kind: "gauge",
    value: ({ busFigures }) => busFigures?.inFlight ?? 0,
  },
  {
    name: "parley_bus_reconnects_total",
    help: "Number of reconnections to NATS",
    kind: "counter",
    value: ({ busFigures }) => busFigures?.reconnects ?? 0,
  },
  {
    name: "parley_stamps_ahead_seconds",
    help: "Seconds that the newest message is ahead of the clock of this machine; see --mend-times",
    kind: "gauge",
    value: (hub) => seconds(hub.clockFigures.stampsAheadMs),
  },
  {
    name: "parley_clock_jump_seconds",
    help: "Seconds that the clock of this machine was set ahead, until messages follow it",
    kind: "gauge",
    value: (hub) => seconds(hub.clockFigures.jumpMs),
  },
  {
    name: "parley_nats_clock_ahead_seconds",
    help: "Seconds that the clock of NATS is ahead of this machine's; negative if it is behind",
    kind: "gauge",
    value: (hub) => seconds(hub.clockFigures.busAheadMs),
  },
  {
    name: "parley_saving",
    help: "1 if messages are saved, 0 while the disk is full or fails",
    kind: "gauge",
    value: ({ chat }) => Number(!(chat.store?.database.failing ?? false)),
  },
  {
    name: "parley_unsaved_bytes",
    help: "Characters that wait in memory, because the disk is full or fails",
    kind: "gauge",
    value: ({ chat }) => chat.store?.database.unsavedBytes ?? 0,
  },
  {
    name: "parley_unsaved_records",
    help: "Messages and events that are not saved yet",
    kind: "gauge",
    value: ({ chat }) => chat.store?.database.records.unsaved ?? 0,
  },
  {
    name: "parley_lost_records_total",
    help: "Messages and events that history lost, because the disk was full for too long",
    kind: "counter",
    value: ({ chat }) => chat.store?.database.records.lost ?? 0,
  },
  {
    name: "parley_history_bytes",
    help: "Bytes of all stored messages and events",
    kind: "gauge",
    value: ({ chat }) => chat.store?.historyFill.bytes ?? 0,
  },
  {
    name: "parley_history_limit_bytes",
    help: "Bytes of stored messages and events above which the oldest are deleted; 0 without a limit",
    kind: "gauge",
    value: ({ chat }) => chat.store?.historyFill.limitBytes ?? 0,
  },
  {
    name: "parley_files_bytes",
    help: "Bytes of shared files that people can load",
    kind: "gauge",
    value: (hub) => hub.chat.store?.files.totalBytes ?? 0,
  },
  {
    name: "parley_nats_files_bytes",
    help: "Bytes of shared files in NATS, also of uploads that are not finished",
    kind: "gauge",
    value: ({ busFigures }) => busFigures?.storage?.filesBytes ?? 0,
  },
  {
    name: "parley_nats_events_bytes",
    help: "Bytes of events in NATS",
    kind: "gauge",
    value: ({ busFigures }) => busFigures?.storage?.eventsBytes ?? 0,
  },
  {
    name: "parley_nats_events_limit_bytes",
    help: "Bytes of events after which NATS deletes the oldest; 0 without a limit",
    kind: "gauge",
    value: ({ busFigures }) => busFigures?.storage?.eventsMaxBytes ?? 0,
  },
  {
    name: "parley_nats_account_bytes",
    help: "Bytes of everything in the account of NATS",
    kind: "gauge",
    value: ({ busFigures }) => busFigures?.storage?.accountBytes ?? 0,
  },
  {
    name: "parley_nats_account_limit_bytes",
    help: "Bytes that the account of NATS may hold; 0 without a limit",
    kind: "gauge",
    value: ({ busFigures }) => busFigures?.storage?.accountMaxBytes ?? 0,
  },
  {
    name: "parley_uptime_seconds",
    help: "Seconds since the server started",
    kind: "gauge",
    value: (hub) => Math.floor(hub.chat.clock.uptimeMs() / 1000),
  },
  {
    name: "process_open_fds",
    help: "Open file descriptors; 0 where the system does not show them",
    kind: "gauge",
    value: () => openDescriptors() ?? 0,
  },
  {
    name: "process_max_fds",
    help: "Maximum number of open file descriptors; 0 if there is no limit",
    kind: "gauge",
    value: () => maxDescriptors ??= descriptorLimit() ?? 0,
  },
  {
    name: "process_resident_memory_bytes",
    help: "Resident memory in bytes",
    kind: "gauge",
    value: () => Deno.memoryUsage().rss,
  },
  {
    name: "process_heap_bytes",
    help: "Used bytes of the JavaScript heap",
    kind: "gauge",
    value: () => Deno.memoryUsage().heapUsed,
  },
];

function machineCount({ chat: { machines } }: Hub): number {
  return Math.max(1, machines.size);
}

function seconds(ms: number): number {
  return Math.round(ms / 1000);
}

function queuedBytes(hub: Hub): number {
  let bytes = 0;
  for (const { connection } of hub.chat.sessions.values()) bytes += connection.queuedBytes;
  return bytes;
}

/** The three routes; `isReady` tells whether the server accepts users. */
export function metricRoute(hub: Hub, isReady: () => boolean): Route {
  const answers: Readonly<Record<string, (response: ServerResponse) => void>> = {
    "/healthz": (response) => sendText(response, 200, ["ok", ...hub.warnings].join("\n")),
    "/readyz": (response) => {
      if (!isReady()) return sendText(response, 503, "stopping");
      const isUp = hub.busFigures?.isUp ?? true;
      if (!isUp) return sendText(response, 503, hub.busFigures?.problem ?? unreachable);
      if (hub.chat.store?.database.isFull) return sendText(response, 503, diskFull);
      sendText(response, 200, "ready");
    },
    "/metrics": (response) => {
      response.writeHead(200, { "content-type": "text/plain; version=0.0.4; charset=utf-8" });
      response.end(metricsText(hub));
    },
  };
  return (_request: IncomingMessage, response: ServerResponse, path: string, visitor: Visitor) => {
    const answer = Object.hasOwn(answers, path) ? answers[path] : undefined;
    if (answer === undefined) return undefined;
    if (visitor.isLocal || hub.chat.settings.metrics === "open") answer(response);
    else sendText(response, 403, "Only this machine can read this; see --metrics");
    return Promise.resolve();
  };
}

/** All metrics in the text format of Prometheus. */
export function metricsText(hub: Hub): string {
  return metrics.map(({ name, help, kind, value }) =>
    `# HELP ${name} ${help}\n# TYPE ${name} ${kind}\n${name} ${value(hub)}\n`
  ).join("");
}
