/**
 * Decides which events the server accepts while it cannot save. An accepted event waits in memory and is lost if the
 * server stops before the disk has space. So the server must not say that an account exists, that a password has changed
 * or that an account is deleted. Messages are accepted until much waits. An event that cannot be prevented (a user has
 * left) or that protects people (a kick, a ban) is always accepted.
 */
import type { Refusal } from "../chat/refusal.ts";
import type { Database } from "../store/database.ts";
import type { Event } from "./event.ts";
import { eventRefusal } from "./event_refusal.ts";
import { isStored } from "./saving.ts";

/** Accepted always, until much waits in memory, or only while the server can save. */
type Acceptance = "always" | "until full" | "if saved";

const acceptance: Readonly<Record<Event["kind"], Acceptance>> = {
  "message": "until full",
  "redacted": "until full",
  "topic set": "until full",
  "modes set": "until full",
  "marked": "until full",
  "account created": "if saved",
  "password set": "if saved",
  "certificate added": "if saved",
  "certificate removed": "if saved",
  "account removed": "if saved",
  "role set": "if saved",
  "channel kept": "if saved",
  "file added": "if saved",
  "owner code made": "always",
  "logged in": "always",
  "account suspended": "always",
  "account restored": "always",
  "sessions ended": "always",
  "name freed": "if saved",
  "history opened": "if saved",
  "channel released": "always",
  "files removed": "always",
  "arrived": "always",
  "attached": "always",
  "detached": "always",
  "given up": "always",
  "renamed": "always",
  "away set": "always",
  "real name set": "always",
  "host set": "always",
  "user modes set": "always",
  "operator entry lost": "always",
  "accept set": "always",
  "killed": "always",
  "wallops": "always",
  "operator acted": "always",
  "server ban added": "always",
  "server ban removed": "always",
  "joined": "always",
  "parted": "always",
  "kicked": "always",
  "invited": "always",
  "machine joined": "always",
  "machine suspected": "always",
  "machine heard": "always",
  "machine lost": "always",
};

const fullSentence = "The server cannot save this now, because its disk is full or fails; try again later";

/** The part of the database that decides. */
export type SavingState = Pick<Database, "failing" | "isFull" | "canSave">;

/** The refusal of an event that cannot be saved now; undefined if it is accepted. */
export function refusalWhileUnsaved(database: SavingState, event: Event): Refusal | undefined {
  const rule = acceptance[event.kind];
  if (rule === "always" || (rule === "until full" && !database.failing)) return undefined;
  if (event.kind === "message" && !isStored(event)) return undefined;
  const isRefused = rule === "if saved" ? !database.canSave() : database.isFull;
  return isRefused ? eventRefusal(event, fullSentence) : undefined;
}
