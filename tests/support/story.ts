/** One test with a chat of its own; shown as ignored where there is no network. */
import { type Chat, type ChatOptions, startChat } from "./chat.ts";
import { granted } from "./permissions.ts";

/** What a test does with its chat. */
export type ChatStory = (chat: Chat) => Promise<void>;

/** Registers a test that gets a chat, which is closed after it. `options` change the chat. */
export function story(name: string, act: ChatStory): void;
export function story(name: string, options: ChatOptions, act: ChatStory): void;
export function story(name: string, ...rest: [ChatStory] | [ChatOptions, ChatStory]): void {
  const [options, act] = rest.length === 1 ? [{}, rest[0]] : rest;
  Deno.test({
    name,
    ignore: !granted("net"),
    async fn() {
      await using chat = startChat(options);
      await act(chat);
    },
  });
}
