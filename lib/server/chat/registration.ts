/** What a connection has said of itself before it is let in. */

/** Gathered by NICK, USER, PASS and CAP until it is complete. */
export interface Registration {
  nick: string | undefined;
  username: string | undefined;
  realname: string;
  /** The account it is logged in to. */
  account: string | undefined;
  /** What PASS gave. */
  password: string | undefined;
  /** What AWAY said; "*" is nobody there (draft/pre-away). */
  away: string | undefined;
  /** CAP LS or REQ came and CAP END has not: registration waits. */
  negotiating: boolean;
  /** Milliseconds since 1970 when it must be complete; set by the hub. */
  dueMs: number;
}

/** An empty registration. */
export function startRegistration(): Registration {
  return {
    nick: undefined,
    username: undefined,
    realname: "",
    account: undefined,
    password: undefined,
    away: undefined,
    negotiating: false,
    dueMs: Infinity,
  };
}
