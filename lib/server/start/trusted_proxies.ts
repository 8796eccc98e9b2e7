/** Whose word counts for where a visitor comes from, as the settings say. */
import type { Settings } from "../settings/settings.ts";
import { inRange, parseAddress, parseRange } from "../../irc/address.ts";
import { exitCodes, StartError } from "./start_error.ts";

/** Whether an address is a trusted proxy's; undefined where none is. Throws a StartError. */
export function trustedProxies({ trustedProxy }: Settings): ((address: string) => boolean) | undefined {
  if (trustedProxy.length === 0) return undefined;
  const ranges = trustedProxy.map((text) => {
    const range = parseRange(text);
    if (range !== undefined) return range;
    throw new StartError(
      `Cannot use --trusted-proxy "${text}": write an address or a network, as 10.0.0.5 or 10.0.0.0/24`,
      exitCodes.usage,
    );
  });
  return (address) => {
    const bytes = parseAddress(address);
    return bytes !== undefined && ranges.some((range) => inRange(range, bytes));
  };
}
