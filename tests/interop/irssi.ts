/** irssi with the real server. Only `deno task interop` runs these tests. Without irssi or tmux they are ignored. */
import { interopStories } from "./stories.ts";

/** irssi sends one command every 2.2 seconds after the first five. It waits five minutes before it connects again. */
const startup = `/set cmds_max_at_once 100
/set cmd_queue_speed 10msec
/set server_reconnect_time 1sec
/set show_server_time on
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
