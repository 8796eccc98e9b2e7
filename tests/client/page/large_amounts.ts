/**
 * Draws large amounts with the modules of the page, inside the browser: ten thousand members, hundreds of
 * conversations, reactions and lines. It measures what is drawn, and how long that takes.
 */
import type { Page } from "playwright-core";

/** The measures of a large amount at the page. */
export interface Drawn {
  readonly elements: number;
  readonly text: string;
  /** The longest of several drawings after the first one. */
  readonly againMs: number;
}

/** A channel with `count` members, after the field for finding has `searched`. */
export async function drawMembers(page: Page, count: number, searched = ""): Promise<Drawn> {
  return await page.evaluate(`(async () => {
    const { MemberList } = await import("/lib/client/page/member_list.ts");
    const { emptyState } = await import("/lib/client/state/state.ts");
    const members = new Map(Array.from({ length: ${count} }, (_, at) =>
      ["person" + at, { nick: "person" + at, ranks: at === ${count} - 1 ? "@" : "" }]));
    const buffer = { name: "#big", kind: "channel", joined: true, topic: "", members, recent: [], typing: new Map() };
    const state = { ...emptyState("ann"), buffers: new Map([["#big", buffer]]) };
    const list = window.bigList ??= new MemberList(() => {}, () => {}, new AbortController().signal);
    list.draw(state, "#big");
    document.querySelector("#find-member").value = ${JSON.stringify(searched)};
    list.draw(state, "#big");
    ${measure("list.draw({ ...state, away: '' }, '#big')")}
    return { againMs, elements: document.querySelectorAll("#member-list li").length,
      text: document.querySelector("#members").innerText };
  })()`) as Drawn;
}

/** `count` conversations, each with an unread message. */
export async function drawConversations(page: Page, count: number): Promise<Drawn> {
  return await page.evaluate(`(async () => {
    const { drawChannelList } = await import("/lib/client/page/channel_list.ts");
    const { emptyState, withOpenBuffer } = await import("/lib/client/state/state.ts");
    let state = emptyState("ann");
    for (let at = 0; at < ${count}; at++) state = withOpenBuffer(state, "person" + at);
    const unread = { of: () => ({ messages: 1, mentions: 1 }) };
    const parts = { state, activeBuffer: "person7", unread, show() {} };
    drawChannelList(parts);
    const first = document.querySelector("#conversation-list li");
    ${measure("drawChannelList({ ...parts, activeBuffer: 'person8' })")}
    return { againMs, elements: document.querySelectorAll("#conversation-list li").length,
      text: String(first.isConnected) };
  })()`) as Drawn;
}

/** One message with `count` reactions and a text of that many lines, and a note of ten thousand names. */
export async function drawMessage(page: Page, count: number): Promise<Drawn> {
  return await page.evaluate(`(async () => {
    const { drawRow } = await import("/lib/client/timeline/message_row.ts");
    const { emptyState } = await import("/lib/client/state/state.ts");
    const text = Array.from({ length: ${count} }, (_, at) => "line " + at + " of http://tea.example/" + at).join("\\n");
    const said = { kind: "said", buffer: "#tea", from: { nick: "bob" }, to: "#tea", manner: "message", text, own: false,
      mention: false, direct: false, id: "m1", at: 1 };
    const people = new Set(Array.from({ length: ${count} }, (_, at) => "person" + at));
    const reactions = new Map(Array.from({ length: ${count} }, (_, at) => [String.fromCodePoint(0x1f300 + at), people]));
    const entry = { kind: "said", key: "m1", at: 1, said, reactions, isDeleted: false };
    const actions = { react() {}, jump() {}, unfolded: new Set() };
    let row = drawRow(emptyState("ann"), entry, () => undefined, actions);
    const folded = row.querySelectorAll("*").length;
    for (const button of row.querySelectorAll(".unfold")) button.click();
    const spans = Array.from({ length: 10_000 }, (_, at) => ({ text: "person" + at }));
    const note = drawRow(emptyState("ann"), { kind: "note", key: "n1", at: 1, spans }, () => undefined, actions);
    ${measure("row = drawRow(emptyState('ann'), entry, () => undefined, actions)")}
    return { againMs, elements: folded, text: row.querySelectorAll(".reactions button").length + " " +
      row.querySelectorAll("a").length + " " + row.querySelector(".reactions button").title.length + " " +
      (note.querySelectorAll("*").length < 500) };
  })()`) as Drawn;
}

/** The pictures of a message with `count` of them, and the elements of a text with 100 times as many styles. */
export async function drawSpans(
  page: Page,
  count: number,
): Promise<readonly [pictures: number, elements: number]> {
  return await page.evaluate(`(async () => {
    const { spanElements } = await import("/lib/client/elements/span_elements.ts");
    const links = Array.from({ length: ${count} }, (_, at) => location.origin + "/files/" + at + "/a.png");
    const pictures = spanElements(links.map((link) => ({ text: link, link })));
    const styled = Array.from({ length: ${100 * count} }, (_, at) => ({ text: "a", bold: at % 2 === 0 }));
    return [pictures.filter((node) => node instanceof HTMLImageElement).length, spanElements(styled).length];
  })()`) as [number, number];
}

function measure(act: string): string {
  return `let againMs = 0;
    for (let times = 0; times < 5; times++) {
      const begun = performance.now();
      ${act};
      againMs = Math.max(againMs, performance.now() - begun);
    }`;
}
