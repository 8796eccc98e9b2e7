/** WeeChat with the real server. Only `deno task interop` runs these tests. Without WeeChat or tmux they are ignored. */
import { conversation } from "./conversation.ts";
import { interopStories } from "./stories.ts";
import { terminalProgram } from "./terminal_program.ts";

/**
 * WeeChat waits two seconds between commands. It waits ten before it connects again, then longer each time. It asks a
 * question when several lines arrive at once.
 */
const settings = [
  "/set irc.server_default.anti_flood_prio_high 0",
  "/set irc.server_default.autoreconnect_delay 1",
  "/set irc.network.autoreconnect_delay_growing 1",
  "/set weechat.look.paste_max_lines -1",
];

interopStories({
  name: "WeeChat",
  program: "weechat",
  prepare: (home) => ["--dir", home, ...settings.flatMap((setting) => ["--run-command", setting])],
  connectTo: (port, nick) => [`irc://${nick}@127.0.0.1:${port}`],
  adapt: (line) => isVersion3() ? line : line.replaceAll(" -ssl", " -tls"),
  annAndBob: /@ann[^]*2 nicks \(1 op/,
  showServer: "/buffer 1",
});

function isVersion3(): boolean {
  const { stdout } = new Deno.Command("weechat", { args: ["--version"] }).outputSync();
  return new TextDecoder().decode(stdout).startsWith("3.");
}

conversation(terminalProgram({
  name: "WeeChat",
  program: "weechat",
  login: "by SASL",
  prepare({ home, port, nick, password }) {
    const lines = [
      ...settings,
      `/server add parley 127.0.0.1/${port} -nicks=${nick} -sasl_mechanism=plain -sasl_username=${nick}`,
      `/set irc.server.parley.sasl_password ${password}`,
      "/connect parley",
    ];
    return ["--dir", home, ...lines.flatMap((line) => ["--run-command", line])];
  },
  // Otherwise "/buffer #crowd" can stay in the input line of #tea. The first line after the restart of the server is then
  // "/buffer #crowd/msg #tea I am back", which WeeChat neither sends nor shows.
  joined: (channel) => new RegExp(`\\[irc/parley\\] \\d+:${channel}\\b`),
  look: (target) => [target.startsWith("#") ? `/buffer ${target}` : `/query ${target}`],
  counted: (count) => `${count} nicks`,
}));
