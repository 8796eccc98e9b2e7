/** The registration of a connection: its nick, names and password, until it has a user. */

/** For a client that cannot become a user, because its arrival cannot be ordered or saved now. */
export const notNowSentence = "The server cannot accept new users at the moment; connect again later";

/** The values that NICK, USER, PASS and CAP collect. */
export interface PendingRegistration {
  nick: string | undefined;
  username: string | undefined;
  realname: string;
  /** The account it is logged in to. */
  account: string | undefined;
  /** AccountRow.epoch when its password was proved. */
  epoch: number | undefined;
  /** The parameter of PASS. */
  password: string | undefined;
  /** The text of AWAY (draft/pre-away): "*" means that nobody is at this session, "" that somebody is. */
  away: string | undefined;
  /** Whether registration waits for CAP END, after CAP LS or REQ. */
  negotiating: boolean;
  /** When registration times out, by the monotonic clock; the hub sets it. */
  dueMs: number;
}

/** An empty registration. */
export function startRegistration(): PendingRegistration {
  return {
    nick: undefined,
    username: undefined,
    realname: "",
    account: undefined,
    epoch: undefined,
    password: undefined,
    away: undefined,
    negotiating: false,
    dueMs: Infinity,
  };
}
