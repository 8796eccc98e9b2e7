/** One test with a chat of its own; shown as ignored where there is no network. */
import { type Chat, type ChatOptions, startChat } from "./chat.ts";
import { granted } from "./permissions.ts";

/** Registers a test that is handed a chat, which is closed after it. */
export function story(name: string, act: (chat: Chat) => Promise<void>, options: ChatOptions = {}): void {
  Deno.test({
    name,
    ignore: !granted("net"),
    async fn() {
      await using chat = startChat(options);
      await act(chat);
    },
  });
}
