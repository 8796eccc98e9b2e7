/**
 * ERC with the real server: bob is in an Emacs without a screen, and the test asks that Emacs for the text of its
 * windows. Only `deno task interop` runs this test.
 */
import { allOf, Child, untilText } from "./child.ts";
import { conversation, type Place, type RunningProgram } from "./conversation.ts";

conversation({ name: "ERC", needs: ["emacs", "emacsclient"], login: "by server password", start });

async function start(place: Place): Promise<RunningProgram> {
  const { home, port, nick, password } = place;
  const settings = [
    "(require 'erc)",
    `(setq server-socket-dir ${text(home)} erc-user-full-name ${text(nick)} erc-prompt-for-password nil
       erc-server-flood-penalty 0 erc-fill-column 5000
       erc-server-reconnect-timeout 1 erc-server-reconnect-attempts 30 erc-autojoin-channels-alist '(("." "#tea"))
       erc-autojoin-domain-only nil)`,
    "(erc-autojoin-mode 1)",
    "(server-start)",
  ];
  const emacs = new Child(
    "emacs",
    ["-Q", "--fg-daemon=erc", "--eval", `(progn ${settings.join(" ")})`],
    place,
  );
  const ask = (code: string) => evaluate(place, code);
  const read = () =>
    ask(`(mapconcat (lambda (one) (with-current-buffer one (buffer-substring-no-properties 1 (point-max))))
      (erc-buffer-list) " ")`);
  const type = (buffer: string, line: string) =>
    ask(`(with-current-buffer ${text(buffer)} (erc-send-input ${text(line)}) nil)`);
  const dispose = () => emacs[Symbol.asyncDispose]();
  try {
    await emacs.until("Starting Emacs daemon");
    await untilText(() => ask("1"), "1");
    const words = `:server "127.0.0.1" :port ${port} :nick ${text(nick)} :password ${
      text(`${nick}:${password}`)
    }`;
    const server = (await ask(`(buffer-name (erc ${words}))`)).slice(1, -1);
    await untilText(read, "Welcome to Parley");
    return {
      join: async (channel) => void await type(server, `/join ${channel}`),
      say: async (target, line) => void await type(server, `/msg ${target} ${line}`),
      until: (_, wanted) => untilText(read, wanted),
      knows: async (channel, members) =>
        void await untilText(
          () => ask(`(with-current-buffer ${text(channel)} (hash-table-keys erc-channel-users))`),
          allOf(members),
        ),
      [Symbol.asyncDispose]: dispose,
    };
  } catch (error) {
    await dispose();
    throw new Error(emacs.output, { cause: error });
  }
}

/** The value of Lisp code in bob's Emacs; empty while it does not listen. */
async function evaluate({ home }: Place, code: string): Promise<string> {
  const { stdout } = await new Deno.Command("emacsclient", {
    args: [`--socket-name=${home}/erc`, "--eval", code],
    stdout: "piped",
    stderr: "piped",
  }).output();
  return new TextDecoder().decode(stdout).trimEnd();
}

/** A string of Lisp. */
function text(value: string): string {
  return `"${value.replace(/["\\]/g, "\\$&")}"`;
}
