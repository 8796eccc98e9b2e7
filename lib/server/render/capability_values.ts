/** The capabilities in CAP LS: the rows of irc/capabilities.ts, with values from the settings. */
import {
  capabilities,
  type Capability,
  type CapabilityName,
  type CapabilityValues,
} from "../../irc/capabilities.ts";
import { canRegisterEarly, saslMechanisms } from "../chat/accounts.ts";
import type { Chat } from "../chat/chat.ts";
import type { Session } from "../chat/session.ts";
import { stsValue } from "./sts.ts";

/** The capabilities for a session, as CAP LS 302 writes them: "sasl=PLAIN". One that needs a value is left out without it. */
export function offeredCapabilities(session: Session): Map<CapabilityName, string> {
  const values = capabilityValues(session);
  const found = new Map<CapabilityName, string>();
  for (const [name, row] of Object.entries(capabilities) as [CapabilityName, Capability][]) {
    const value = row.value && values[row.value];
    if (row.value === undefined || value !== undefined) found.set(name, value ? `${name}=${value}` : name);
  }
  return found;
}

/** The values for a session; some depend on how it is connected. */
function capabilityValues(session: Session): CapabilityValues {
  const { chat } = session;
  const { settings } = chat;
  return {
    multiline: `max-bytes=${settings.multilineBytes},max-lines=${settings.multilineLines}`,
    register: registerValue(chat),
    search: "has",
    sasl: saslMechanisms(session).join() || undefined,
    sts: stsValue(session),
  };
}

function registerValue(chat: Chat): string | undefined {
  if (!chat.accounts.isAvailable || chat.settings.registration === "off") return undefined;
  return canRegisterEarly(chat) ? "before-connect" : "";
}
