/** EPIC5 with the real server. Only `deno task interop` runs this test. */
import { conversation } from "./conversation.ts";
import { terminalProgram } from "./terminal_program.ts";

conversation(terminalProgram({
  name: "EPIC5",
  program: "epic5",
  login: "by NickServ",
  prepare: ({ port, firstNick }) => ["-q", "-p", `${port}`, firstNick, "127.0.0.1"],
  begin: ({ nick, password }) => [`/msg NickServ IDENTIFY ${nick} ${password}`],
  // The nick of an account is refused before the login.
  comeBack: ({ port, firstNick }) => [`/nick ${firstNick}`, `/server 127.0.0.1:${port}`],
  // It asks for the time of the channel, and shows it after it has the members.
  joined: (channel) => new RegExp(`Channel ${channel} was created at`),
  members: (channel) => [`/eval echo There are $numonchannel(${channel}) members`],
  counted: (count) => `There are ${count} members`,
}));
