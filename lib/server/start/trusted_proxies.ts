/** The trusted proxies of the settings, which give the addresses of their visitors. */
import type { Settings } from "../settings/settings.ts";
import { inRange, parseAddress, parseRange } from "../../irc/address.ts";
import { exitCodes, StartError } from "./start_error.ts";

/** A test whether an address is a trusted proxy; undefined if there are none. Throws a StartError. */
export function trustedProxies({ trustedProxy }: Settings): ((address: string) => boolean) | undefined {
  if (trustedProxy.length === 0) return undefined;
  const ranges = trustedProxy.map((text) => {
    const range = parseRange(text);
    if (range !== undefined) return range;
    throw new StartError(
      `Cannot use --trusted-proxy "${text}": write an address or a network, for example 10.0.0.5 or 10.0.0.0/24`,
      exitCodes.usage,
    );
  });
  return (address) => {
    const bytes = parseAddress(address);
    return bytes !== undefined && ranges.some((range) => inRange(range, bytes));
  };
}
