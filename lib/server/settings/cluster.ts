/** The settings of a cluster: several machines that form one chat. */
import type { OptionTable } from "../../options.ts";

/** One row per setting. */
export const clusterSettings = {
  nats: {
    kind: "text",
    env: "PARLEY_NATS",
    group: "Cluster",
    metavar: "URL",
    help: "NATS server with JetStream, for example nats://host:4222; all servers that use it form one chat",
  },
  machine: {
    kind: "text",
    env: "PARLEY_MACHINE",
    group: "Cluster",
    metavar: "NAME",
    help:
      "name of this machine, unique in the cluster: up to 12 letters and digits; users see it when the machine is lost; the default is a random name",
  },
  lease: {
    kind: "duration",
    default: 6000,
    min: 1000,
    env: "PARLEY_LEASE",
    group: "Cluster",
    help: "time without a heartbeat after which a machine is considered lost and its users quit",
  },
} as const satisfies OptionTable;
