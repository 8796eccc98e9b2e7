/** The address of a channel at this page, and copying it to invite others. */
/// <reference lib="dom" />
import { basePath } from "../elements/base_path.ts";
import { copy } from "../elements/clipboard.ts";
import { toast } from "../elements/toast.ts";

/** The address that opens a channel at this page, and goes to the message with this id. */
export function channelAddress(channel: string, message?: string): string {
  const name = encodeURIComponent(channel.slice(1));
  // The channel "#" has no name to write, and browsers drop an empty one.
  const end = message !== undefined ? `,message=${message}` : name === "" ? "," : "";
  return `${location.origin}${basePath}join#${name}${end}`;
}

/** Copies the link and shows it. Where the browser does not allow copying, it only shows it. */
export function copyInviteLink(channel: string): void {
  const link = channelAddress(channel);
  copy(link).then(
    () => toast(`Copied the invite link to ${channel}: ${link}`),
    () => toast(`Invite link to ${channel}: ${link}`),
  );
}
