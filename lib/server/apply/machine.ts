/**
 * Apply, for machines: they join, or are lost with their users. Whether a machine is alive is decided here, in the order
 * of the events, and so equally on all machines: a claim that a machine is lost names a suspicion, and it is void if the
 * machine was heard after that suspicion. The clocks that lead to a suspicion are in server/cluster/suspicions.ts.
 */
import type { ChatState } from "../chat/chat.ts";
import type { SessionState } from "../chat/session.ts";
import type { MachineEvent } from "./machine_event.ts";
import { reviewOperator } from "./operator_right.ts";
import { removeSessions } from "./sessions.ts";
import type { UserState } from "../chat/user.ts";

/** The sentence for sessions of a machine that the others declared lost. */
export const cutOffSentence = "This server was cut off from the others; connect again";

/** Adds, suspects, clears or removes a machine; users that were only on a lost machine end. */
export function applyMachineEvent(chat: ChatState, event: MachineEvent, stamp: number): undefined {
  const { machine } = event;
  switch (event.kind) {
    case "machine joined":
      chat.machines.set(machine, stamp);
      chat.suspects.delete(machine);
      return;
    case "machine suspected":
      // The first suspicion counts: an answer to it also answers the later ones.
      if (!chat.suspects.has(machine) && machinesOf(chat).has(machine)) chat.suspects.set(machine, stamp);
      return;
    case "machine heard":
      chat.suspects.delete(machine);
      return;
    case "machine lost": {
      const { suspectedAt } = event;
      const isVoid = suspectedAt !== undefined && chat.suspects.get(machine) !== suspectedAt;
      return isVoid ? undefined : removeMachine(chat, event, stamp);
    }
    default:
      return event satisfies never;
  }
}

/** Whether a session is on a machine: its name starts with the machine's. See Chat.newReference. */
export function isOn(machine: string, session: string): boolean {
  return session.startsWith(machine);
}

/** A session has asked for an event, so its machine is alive. */
export function clearSuspicion(chat: ChatState, session: string): void {
  chat.suspects.delete(machineOf(session));
}

/** The machine of a session. */
function machineOf(session: string): string {
  return session.slice(0, session.lastIndexOf("-") + 1);
}

/** Every machine that joined, or that has users in the chat. */
export function machinesOf(chat: Pick<ChatState, "machines" | "users">): Set<string> {
  const found = new Set(chat.machines.keys());
  for (const { devices } of chat.users.values()) {
    for (const session of devices.keys()) found.add(machineOf(session));
  }
  return found;
}

/**
 * The members of channels that are told at once which users ended with a machine; telling them takes some milliseconds.
 * Further users linger for no time, so that each is given up by an event of its own (server/hub/departures.ts).
 */
const membersAtOnce = 20_000;

/** All users in an order that is the same on all machines. */
function usersInOrder({ users }: ChatState): UserState[] {
  return [...users.values()].sort((one, other) => one.id < other.id ? -1 : 1);
}

function removeMachine(
  chat: ChatState,
  { machine, reason }: Extract<MachineEvent, { kind: "machine lost" }>,
  stamp: number,
): undefined {
  chat.machines.delete(machine);
  chat.suspects.delete(machine);
  const ended: SessionState[] = [];
  let told = 0;
  for (const user of usersInOrder(chat)) {
    const lost = [...user.devices.keys()].filter((id) => isOn(machine, id));
    if (lost.length > 0) {
      for (const channel of user.channels.keys()) told += channel.members.size;
      const isLater = told > membersAtOnce;
      ended.push(...removeSessions(chat, user, lost, { reason, isLater }, stamp));
    }
    // Nobody can read the operator file of that machine again.
    if (user.operator?.machine === machine) {
      user.operator = undefined;
      reviewOperator(user, stamp);
    }
  }
  for (const session of ended) session.close(cutOffSentence);
}
