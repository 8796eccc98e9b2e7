/** irssi with the real server. Only `deno task interop` runs these tests. Without irssi or tmux they are ignored. */
import { conversation } from "./conversation.ts";
import { interopStories } from "./stories.ts";
import { terminalProgram } from "./terminal_program.ts";

/** irssi sends one command every 2.2 seconds after the first five. It waits five minutes before it connects again. */
const startup = `/set cmds_max_at_once 100
/set cmd_queue_speed 10msec
/set server_reconnect_time 1sec
/set show_server_time on
/set group_multi_mode off
`;

interopStories({
  name: "irssi",
  program: "irssi",
  prepare(home) {
    Deno.writeTextFileSync(`${home}/startup`, startup);
    return [`--home=${home}`];
  },
  connectTo: (port, nick) => ["--connect=127.0.0.1", `--port=${port}`, `--nick=${nick}`],
  adapt: (line) => line,
  annAndBob: /\[Users #tea\]\n.*\[@ann\] \[ bob\]/,
  showServer: "/window goto 1",
});

conversation(terminalProgram({
  name: "irssi",
  program: "irssi",
  login: "by SASL",
  prepare({ home, port, nick, password }) {
    const network = `-sasl_mechanism PLAIN -sasl_username ${nick} -sasl_password ${password} parley`;
    const server = `-network parley 127.0.0.1 ${port}`;
    const lines = [
      "/set use_status_window off",
      `/network add -nick ${nick} ${network}`,
      `/server add ${server}`,
    ];
    Deno.writeTextFileSync(`${home}/startup`, `${startup}${lines.join("\n")}\n/connect parley\n`);
    return [`--home=${home}`];
  },
  look: (target) => [target.startsWith("#") ? `/window goto ${target}` : `/query ${target}`],
  counted: (count) => `Total of ${count} nicks`,
}));
