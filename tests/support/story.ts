/** One test with a chat of its own; shown as ignored where permissions are missing. */
import { type Chat, type ChatOptions, startChat } from "./chat.ts";
import { granted } from "./permissions.ts";

/** The steps of a test with its chat. */
export type ChatStory = (chat: Chat) => Promise<void> | void;

/** The options of a test and of its chat. */
export interface StoryOptions extends ChatOptions {
  /** Permissions beside the one for the network. @default {[]} */
  readonly needs?: readonly Deno.PermissionName[];
}

/** Registers a test that gets a chat, which is closed after it. */
export function story(name: string, act: ChatStory): void;
export function story(name: string, options: StoryOptions, act: ChatStory): void;
export function story(name: string, ...rest: [ChatStory] | [StoryOptions, ChatStory]): void {
  const [{ needs = [], ...options }, act] = rest.length === 1 ? [{} as StoryOptions, rest[0]] : rest;
  Deno.test({
    name,
    ignore: !granted("net", ...needs),
    async fn() {
      await using chat = startChat(options);
      await act(chat);
    },
  });
}
