/** The entry point of the page: connects the join form, the toolbar, the message box and the chat. */
/// <reference lib="dom" />
import { computeWith } from "../../irc/digest.ts";
import { bufferToShow, channelsToJoin, invitedChannels, rememberChannels } from "./channels_to_join.ts";
import { candidatesFor, completionSources } from "../slash/completion.ts";
import { Composer } from "../timeline/composer.ts";
import { byId } from "../elements/element.ts";
import { pickEmoji } from "../elements/emoji_picker.ts";
import { fileSending } from "./file_sending.ts";
import { type Credentials, JoinForm } from "./join_form.ts";
import { installChatLinks, LinkedMessage } from "./message_link.ts";
import { PageUi } from "./page_ui.ts";
import { showPane } from "./panes.ts";
import { sharesTyping } from "./preferences.ts";
import { installShortcuts } from "./shortcuts.ts";
import { installInks, trustFiles } from "../elements/span_elements.ts";
import { askBeforeLeaving, storeUnsent } from "./unsent_messages.ts";
import { toast } from "../elements/toast.ts";
import { installToolbar } from "./toolbar.ts";
import { installPageLife } from "./page_life.ts";

/** The chat; undefined while the person has not joined. */
let ui: PageUi | undefined;
/** The time between a change of the words and storing them. */
const storeMs = 500;
let storingWords: ReturnType<typeof setTimeout> | undefined;

const composer: Composer = new Composer({
  send: (text, replyingTo) => ui?.submit(text, replyingTo) ?? false,
  onInput: showTyping,
  complete: (before, word) =>
    ui === undefined ? { before, found: [] } : candidatesFor(before, word, completionSources(ui.commandUi)),
  ...fileSending(() => ui, (buffer, words) => composer.giveBack(buffer, words)),
});
const joinForm = new JoinForm(join);
const linkedMessage = new LinkedMessage();

function showTyping(text: string): void {
  storingWords ??= setTimeout(storeWords, storeMs);
  if (ui?.client.isOnline === false) ui.client.wake();
  if (ui === undefined || ui.active.name === "" || !sharesTyping()) return;
  ui.client.typing.update(ui.active.name, text);
}

function join(credentials: Credentials): void {
  joinForm.locked = true;
  const made: PageUi = ui = new PageUi({
    credentials,
    channels: channelsToJoin(),
    onWelcome: () => {
      trustFiles(made.client.uploads.url);
      composer.person = credentials.nick;
      // After a reconnect the person can be writing in another field.
      const isFirst = !document.body.classList.contains("joined");
      setJoined(true);
      joinForm.clearPassword();
      if (isFirst) composer.focus();
      // A crash comes without an event.
      made.storeVisit();
    },
    onEnd: (reason) => {
      if (reason !== "") toast(reason, "error");
      if (ui === made) leave(reason);
    },
    onServerPasswordNeeded: () => joinForm.needServerPassword(),
    takeBack: (buffer, written) => composer.restore(buffer, written),
    hasWords: () => composer.hasWords,
    onBufferChange: (name) => {
      // First the messages: the box has no height while a list hides it.
      showPane(undefined);
      composer.buffer = name;
      composer.focus();
      const linked = linkedMessage.take(name);
      if (linked !== undefined) void made.history.jump(name, linked);
    },
    onRenamed: (from, to) => composer.onRenamed(from, to),
    onDeleted: (id) => composer.onDeleted(id),
    reply: (entry) => composer.replyTo(entry),
    pickReaction: (entry, beside) => pickEmoji(beside, (emoji) => made.sending.react(entry, emoji)),
  });
  made.showFirst(bufferToShow());
  void made.run();
}

/** Goes to the channels and the message that the address of the page names. */
function openAddress(): void {
  linkedMessage.update();
  for (const channel of invitedChannels()) ui?.active.join(channel);
}

function leave(reason: string): void {
  remember();
  ui = undefined;
  joinForm.locked = false;
  setJoined(false);
  byId("not-joined").hidden = true;
  byId("status").hidden = reason !== "";
  byId("status").textContent = "You left the chat: press Enter to join again";
  joinForm.onLeft(reason !== "");
}

/** Enables what works only while the person is in the chat. */
function setJoined(isJoined: boolean): void {
  document.body.classList.toggle("joined", isJoined);
  composer.enabled = isJoined;
  for (const id of ["channel-name", "join-channel-button"]) byId<HTMLInputElement>(id).disabled = !isJoined;
  for (const id of ["search", "account"]) byId(id).hidden = !isJoined;
}

/** Stores the words that are not sent, because a crash of the browser comes without an event. */
function storeWords(): void {
  storingWords = undefined;
  composer.storeDrafts();
  if (ui !== undefined) storeUnsent(ui.nick, ui.client.state.outgoing);
}

/** Stores what a reload and the next visit need. */
function remember(): void {
  storeWords();
  if (ui === undefined) return;
  if (!document.body.classList.contains("joined")) return;
  rememberChannels(ui.client, ui.nick);
  ui.storeVisit();
}

// On plain HTTP from another machine browsers offer no WebCrypto.
if (globalThis.crypto.subtle === undefined) {
  computeWith(async () => (await import("../../irc/plain_digest.ts")).plainDigests);
}
installInks();
installToolbar(() => ui);
installShortcuts({ step: (by) => ui?.active.step(by), write: () => composer.focus() });
setJoined(false);
installPageLife({
  leave: () => {
    remember();
    ui?.client.suspend();
  },
  wake: () => ui?.client.wake(),
});
document.addEventListener("visibilitychange", () => {
  ui?.draw();
  // Phones close a hidden page without an event.
  remember();
});
// Firefox forgets values that are stored at "pagehide" when the next page is of another site
// (findings/firefox_forgets_storage_at_pagehide.sh).
addEventListener("beforeunload", remember);
// Files that wait, that are under way or that failed are lost with the page.
askBeforeLeaving(() =>
  (ui?.client.state.outgoing.length ?? 0) > 0 || composer.hasFiles || !byId("uploads").hidden
);
addEventListener("focus", () => ui?.draw());
addEventListener("hashchange", openAddress);
installChatLinks(openAddress);
joinForm.start();
