/** The scripts for shells, tested in the shells themselves. */

import { assertEquals, assertStringIncludes } from "@std/assert";
import { completionScript, shells } from "../lib/completions.ts";
import type { OptionTable } from "../lib/options.ts";
import { temporaryFolder } from "./support/folder.ts";
import { hasProgram } from "./support/programs.ts";

const rows = {
  channelName: { kind: "list", short: "r", metavar: "#CHANNEL", help: "Channel [or two], it's yours" },
  color: { kind: "text", choices: ["auto", "always"], help: "Colours" },
  config: { kind: "text", metavar: "FILE", help: "Settings" },
  web: { kind: "flag", default: true, help: "Serves the page" },
  code: { kind: "text", secret: true, help: "Never shown" },
} as const satisfies OptionTable;

const parts = {
  program: "my-chat",
  rows,
  words: [["send", "Says: one thing"], ["tail", "Prints messages"]],
} as const;

Deno.test("completionScript() contains all flags except secret ones, in every shell", () => {
  for (const shell of shells) {
    const script = completionScript(shell, parts);
    for (const name of ["channel-name", "color", "config", "web", "no-web", "send"]) {
      assertStringIncludes(script, name);
    }
    assertEquals(script.includes("code"), false);
  }
});

/** The output of a program in a shell, in a folder with one file "tea.conf". */
async function ask(shell: "bash" | "zsh" | "fish", program: string): Promise<string[]> {
  using place = temporaryFolder();
  await Deno.writeTextFile(`${place.folder}/tea.conf`, "");
  await Deno.writeTextFile(`${place.folder}/script`, completionScript(shell, parts));
  const { stdout, stderr } = await new Deno.Command(shell, {
    args: ["-c", program],
    cwd: place.folder,
    env: { HOME: place.folder, XDG_DATA_HOME: place.folder },
  }).output();
  assertEquals(new TextDecoder().decode(stderr), "");
  return new TextDecoder().decode(stdout).trim().split(/\s*\n/);
}

Deno.test({
  name: "bash completes flags, values, files and words",
  ignore: !hasProgram("bash"),
  async fn() {
    const found = await ask(
      "bash",
      `source ./script
       typed() { COMP_WORDS=(my-chat "$@"); COMP_CWORD=$#; _my_chat; echo $(printf '%s\\n' "\${COMPREPLY[@]}"); }
       typed --no; typed --color ''; typed --color = al; typed --config t; typed t; typed -r t`,
    );
    assertEquals(found, ["--no-web", "auto always", "always", "tea.conf", "tail"]);
  },
});

Deno.test({
  name: "fish completes flags, values, files and words",
  ignore: !hasProgram("fish"),
  async fn() {
    const found = await ask(
      "fish",
      `source script
       for typed in --no '--color a' '--config t' s '-r t'; complete -C"my-chat $typed"; end`,
    );
    assertEquals(found, [
      "--no-web\tTurns off --web",
      "always\tColours",
      "auto\tColours",
      "tea.conf",
      "send\tSays: one thing",
    ]);
  },
});

Deno.test({
  name: "the zsh script contains flags, values, files and words in the form of zsh",
  ignore: !hasProgram("zsh"),
  async fn() {
    const found = await ask(
      "zsh",
      `compdef() { print -r -- "$@"; }; _arguments() { print -rl -- "$@"; }; source ./script; _my_chat`,
    );
    assertEquals(found, [
      "_my_chat my-chat",
      "-s",
      "*-r+[Channel \\[or two\\], it's yours]:CHANNEL:",
      "*--channel-name=[Channel \\[or two\\], it's yours]:CHANNEL:",
      "--color=[Colours]:value:(auto always)",
      "--config=[Settings]:FILE:_files",
      "--web[Serves the page]",
      "--no-web[Turns off --web]",
      "1:what:((send\\:Says\\:\\ one\\ thing tail\\:Prints\\ messages))",
      "*:text:",
    ]);
  },
});
