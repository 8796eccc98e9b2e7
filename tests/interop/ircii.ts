/** ircII with the real server. Only `deno task interop` runs this test. */
import { conversation } from "./conversation.ts";
import { terminalProgram } from "./terminal_program.ts";

conversation(terminalProgram({
  name: "ircII",
  program: "ircII",
  login: "by NickServ",
  prepare: ({ port, firstNick }) => ["-q", "-p", `${port}`, firstNick, "127.0.0.1"],
  begin: ({ nick, password }) => [`/msg NickServ IDENTIFY ${nick} ${password}`],
  // The nick of an account is refused before the login, and ircII then asks for another one.
  comeBack: ({ port, firstNick }) => [`/server 127.0.0.1:${port}`, /Please enter your nickname/, firstNick],
  // It asks for the time of the channel, and shows it after it has the members.
  joined: (channel) => new RegExp(`${channel} \\d{10}`),
  members: (channel) => [`/eval echo $chanusers(${channel})`],
}));
