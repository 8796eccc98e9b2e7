/**
 * Events → one sentence in spans, for every UI: names in their colours, all text from the network safe to show. Messages
 * are not here, as each UI shows them in its own way.
 */

import type { ConnectionStatus, EventBody, Person, Presence, Said } from "../state/event.ts";
import type { Span } from "./formatting.ts";
import { withoutFormatting } from "./formatting.ts";
import { describeMode, describeRank } from "../state/channel_modes.ts";
import { memberColor, personColor } from "./nick_color.ts";
import { plain, plainName } from "./plain.ts";
import type { OutgoingMessage } from "../state/outgoing.ts";
import type { State } from "../state/state.ts";
import { findBuffer, isOwn, membersByRank } from "../state/state.ts";
import { styleText } from "./style_text.ts";

/** The sentence for an event; [] for an event without a sentence. */
export function describe(state: State, event: Exclude<EventBody, Said>): Span[] {
  switch (event.kind) {
    case "joined":
    case "parted":
    case "quit":
    case "kicked":
    case "renamed":
      return [personSpan(state, event.who), { text: ` ${presenceWords(event)}` }];
    case "topic":
      return topicWords(state, event.buffer, event.topic, event.by);
    case "mode":
      return modeWords(state, event);
    case "members":
      return memberWords(state, event.buffer, namesOnJoin);
    case "invited":
      return invitedWords(state, event);
    case "server notice":
      return styleText(event.text, { own: "", colorOf: () => undefined });
    case "refused":
      return [{ text: withoutFormatting(event.text) }];
    case "away":
      return awayWords(state, event);
    case "reacted":
      return [personSpan(state, event.who), {
        text: event.added
          ? ` reacted with ${plain(event.emoji)}`
          : ` removed the reaction ${plain(event.emoji)}`,
      }];
    case "redacted":
      return [personSpan(state, event.by), { text: ` deleted a message${inParentheses(event.reason)}` }];
    case "history failed":
      return [{
        text: `Cannot show what you missed in ${plainName(event.buffer)}: ${plain(event.reason)}`,
      }];
    case "alert":
    case "history":
    case "read":
    case "typing":
      return [];
    case "status":
      return [{ text: statusWords(event) }];
    case "outgoing":
      return [];
    default:
      return event satisfies never;
  }
}

/** A private notice where it has no buffer of its own: "ann → you: tea is ready". */
export function privateNoticeWords(state: State, { from, to, own, text }: Said): Span[] {
  const author = own ? { text: "You" } : personSpan(state, from);
  const words = styleText(text, { own: state.nick, colorOf: () => undefined });
  return [author, { text: ` → ${own ? plainName(to) : "you"}: ` }, ...words];
}

/** The words for an action of a person, to show after the name. */
export function presenceWords(event: Presence): string {
  switch (event.kind) {
    case "joined":
      return event.own ? `joined ${plainName(event.buffer)}` : "joined";
    case "parted":
      return event.own ? `left ${plainName(event.buffer)}` : `left${inParentheses(event.reason)}`;
    case "quit":
      return `left${inParentheses(event.reason)}`;
    case "kicked":
      return `was removed from ${plainName(event.buffer)} by ${plainName(event.by)}${
        inParentheses(event.reason)
      }`;
    case "renamed":
      return `is now called ${plainName(event.to)}`;
    default:
      return event satisfies never;
  }
}

/** The name of a person in the colour of that person. */
export function personSpan(state: State, person: Person): Span {
  return { text: plainName(person.nick), color: personColor(state, person) };
}

/** The spans with ", " between them. */
export function commaSeparated(spans: readonly Span[]): Span[] {
  return spans.flatMap((span, at) => at === 0 ? [span] : [{ text: ", " }, span]);
}

/** The names that are shown after a join; /names shows all. */
const namesOnJoin = 40;

/** The members of a channel, ranks first: "@ann, +bob, cat". */
export function memberWords(state: State, buffer: string, max = Infinity): Span[] {
  const channel = findBuffer(state, buffer);
  const members = channel === undefined ? [] : membersByRank(state, channel);
  const count = members.length === 1 ? "1 person" : `${members.length} people`;
  const names = members.slice(0, max).map(({ ranks, ...member }) => {
    const span = personSpan(state, member);
    return { ...span, text: plain(ranks.slice(0, 1)) + span.text, ...(member.away && { dim: true }) };
  });
  const hidden = members.length - names.length;
  const more = hidden > 0 ? [{ text: ` and ${hidden} more: /names lists all` }] : [];
  return [{ text: `${plainName(buffer)}, ${count}: ` }, ...commaSeparated(names), ...more];
}

/** The topic of a channel; with `by`, that this person changed it. */
export function topicWords(state: State, buffer: string, topic: string, by: string): Span[] {
  const text = styleText(topic, { own: state.nick, colorOf: (nick) => memberColor(state, buffer, nick) });
  const channel = plainName(buffer);
  if (by === "") {
    return topic === "" ? [{ text: `${channel} has no topic` }] : [{ text: `${channel}: ` }, ...text];
  }
  return topic === ""
    ? [nickSpan(state, by), { text: ` removed the topic of ${channel}` }]
    : [nickSpan(state, by), { text: ` changed the topic of ${channel} to: ` }, ...text];
}

function modeWords(state: State, { by, changes }: Extract<EventBody, { kind: "mode" }>): Span[] {
  // A rank from the server is about the person; the name of the server says nothing.
  const ranks = by.includes(".") ? changes.map(describeRank) : [];
  if (ranks.length > 0 && !ranks.includes(undefined)) {
    return [{ text: ranks.map((words) => plain(words ?? "")).join(", ") }];
  }
  return [nickSpan(state, by), {
    text: ` ${changes.map((change) => plain(describeMode(change))).join(", ")}`,
  }];
}

function nickSpan(state: State, nick: string): Span {
  return nick.includes(".") ? { text: plainName(nick) } : personSpan(state, { nick });
}

function invitedWords(state: State, event: Extract<EventBody, { kind: "invited" }>): Span[] {
  const channel = plainName(event.channel);
  if (event.own) return [nickSpan(state, event.by), { text: ` invites you to ${channel}: /join ${channel}` }];
  const by = isOwn(state, event.by) ? { text: "You" } : nickSpan(state, event.by);
  return [by, { text: " invited " }, nickSpan(state, event.who), { text: ` to ${channel}` }];
}

function awayWords(state: State, { who, own, reason }: Extract<EventBody, { kind: "away" }>): Span[] {
  if (own) {
    return [{
      text: reason === undefined
        ? "You are back"
        : `You are away${reason === "" ? "" : `: ${withoutFormatting(reason)}`}`,
    }];
  }
  return [personSpan(state, who), {
    text: reason === undefined ? " is back" : ` is away${inParentheses(reason)}`,
  }];
}

/** The state of the connection in a sentence. */
export function statusWords(event: ConnectionStatus): string {
  switch (event.status) {
    case "connecting":
      return event.attempt === 0 ? "Connecting" : "Reconnecting";
    case "ready":
      if (event.again) return `Connected again as ${plainName(event.nick)}`;
      return `You are ${plainName(event.nick)}${event.network === "" ? "" : ` on ${plain(event.network)}`}`;
    case "lost":
      return `The connection is lost: ${plain(event.reason)}`;
    case "waiting":
      return `Trying again in ${Math.max(1, Math.round(event.retryMs / 1000))} s: ${plain(event.reason)}`;
    case "nick refused":
      return plain(event.reason);
    case "nick replaced":
      return `This server does not allow the name ${plainName(event.nick)}, so you are ${
        plainName(event.to)
      } here`;
    case "login refused":
      return `Cannot log in as ${plainName(event.name)}: ${plain(event.reason)}`;
    case "logged in":
      return `You are logged in as ${plainName(event.name)}`;
    case "logged out":
      return "You are logged out";
    default:
      return event satisfies never;
  }
}

function inParentheses(reason: string): string {
  return reason === "" ? "" : ` (${withoutFormatting(reason)})`;
}

/** Describes a message that the server had not confirmed when the program ended; its text follows. */
export function unconfirmedTitle({ target, status }: OutgoingMessage): string {
  // It can have arrived; a script that sends it again must know that.
  return status === "sending" || status === "checking"
    ? `The server did not confirm this message to ${plainName(target)}`
    : `Not sent to ${plainName(target)}`;
}
