/** The acts of server operators that are kept (AUDIT), by name: a new kind of act is one row here. */

/** Each value says in words what the operator did, with the target and the reason in brackets. */
export const acts = {
  ACCOUNT_DELETED: "deleted the own account, which had a role (the account; the role)",
  BACKUP: "copied the database",
  BAN: "banned from the server, by UBAN ADD (the mask or account; the reason and the end)",
  CHGHOST: "changed the host of a user (the nick; the new host)",
  CREATE: "created an account, by ACCOUNT CREATE (the account)",
  FILE_DELETED: "deleted a shared file of somebody else (the beginning of its id; its owner)",
  FOUNDER: "gave a channel of somebody else a new founder (the channel; the founder)",
  FREE: "freed the name of a deleted account, by ACCOUNT FREE (the name)",
  KILL: "disconnected a user (the nick; the reason)",
  OPEN: "opened older history for an account after a new password, by ACCOUNT OPEN (the account; the reason)",
  OPER: "became operator by OPER (the name of the operator)",
  OWNER: "became the owner by the code that the server printed (the account)",
  REHASH: "made a machine read its files again (the machine)",
  RESET: "set a new password, by ACCOUNT RESET (the account)",
  RESTORE: "ended a suspension, by ACCOUNT RESTORE (the account)",
  ROLE: "gave or took a role, by ACCOUNT ROLE (the account; the role)",
  SESSIONS: "ended sessions of an account, by SESSIONS END (the account)",
  SUSPEND: "suspended an account, by ACCOUNT SUSPEND (the account; the reason)",
  UNBAN: "removed a server ban, by UBAN DEL (the mask or account)",
  UNREGISTER: "ended the registration of a channel of somebody else (the channel; its founder)",
  WALLOPS: "wrote to all users with mode w",
} as const;

/** The name of a kind of act. */
export type Act = keyof typeof acts;
