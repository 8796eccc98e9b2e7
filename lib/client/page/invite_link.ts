/** The link that invites others to a channel, and copying it. */
/// <reference lib="dom" />
import { basePath } from "../elements/base_path.ts";
import { copy } from "../elements/clipboard.ts";
import { toast } from "../elements/toast.ts";

/** Copies the link and shows it. Where the browser does not allow copying, it only shows it. */
export function copyInviteLink(channel: string): void {
  // The channel "#" has no name to write, and browsers drop an empty one.
  const link = `${location.origin}${basePath}join#${encodeURIComponent(channel.slice(1)) || ","}`;
  copy(link).then(
    () => toast(`Copied the invite link to ${channel}: ${link}`),
    () => toast(`Invite link to ${channel}: ${link}`),
  );
}
