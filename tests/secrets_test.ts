/** Passwords stay secret: after every way to enter a password, it is in no file, no log and no argument list. */
import { assert, assertEquals } from "@std/assert";
import { temporaryFolder } from "./support/folder.ts";
import { logIn, scram } from "./support/login.ts";
import { serverPermissions } from "./support/guide_permissions.ts";
import { granted, programPermissions } from "./support/permissions.ts";
import { Peer } from "./support/peer.ts";
import { type RunningServer, startServer } from "./support/server.ts";
import { ask } from "./support/transcript.ts";

const ignore = !granted(...programPermissions);

/** The test types each of these passwords; passwords with "wr" are wrong. */
const secrets = {
  first: "zq-first-password",
  second: "zq-second-password",
  third: "zq-third-password",
  server: "zq-server-password",
  wrong: "zq-wrong-password",
  other: "zq-other-password",
};

const aloud = "zq-said-aloud";

Deno.test({ name: "no password is stored, logged or shown", ignore, fn: findsNoPassword });

async function findsNoPassword(): Promise<void> {
  using place = temporaryFolder();
  using files = temporaryFolder();
  await Deno.writeTextFile(`${files.folder}/password`, secrets.server);
  const flags = [
    "--data",
    place.folder,
    "--password-file",
    `${files.folder}/password`,
    "--password-rounds",
    "4096",
  ];
  const permissions = serverPermissions(place.folder, [files.folder]);
  const server = await startServer(flags, {}, { permissions });
  try {
    await enterAll(server);
    const command = await Deno.readTextFile(`/proc/${server.pid}/cmdline`);
    assertEquals(found(command), []);
  } finally {
    await server.stop();
  }
  assertEquals(found(server.stderr()), []);
  assertEquals(found(server.stdout.join("\n")), []);
  // The search finds a public message, so it works.
  let isFound = false;
  const fileNames = [...Deno.readDirSync(place.folder)].filter(({ isFile }) => isFile).map(({ name }) =>
    name
  );
  assert(fileNames.includes("parley.db"));
  for (const name of fileNames) {
    const text = new TextDecoder("latin1").decode(await Deno.readFile(`${place.folder}/${name}`));
    assertEquals(found(text), [], name);
    isFound ||= text.includes(aloud);
  }
  assert(isFound);
}

/** Gives correct and wrong passwords in every possible way, and the owner's code. */
async function enterAll({ port, stdout }: RunningServer): Promise<void> {
  const { server, first, second, third, wrong, other } = secrets;
  await using ann = await Peer.connect(port, "ann", { password: server });
  const [, code = ""] = /OWNER (\S+)/.exec(stdout.join("\n")) ?? [];
  assert(code !== "");
  await ask(ann, `REGISTER * * ${first}`, `OWNER ${code}`, `OPER ann ${wrong}`);
  await ask(ann, `ACCOUNT PASSWORD ${wrong} ${second}`, `ACCOUNT PASSWORD ${first} ${second}`);
  await ask(ann, `ACCOUNT CREATE cat ${other}`, `ACCOUNT RESET cat ${third}`, `ACCOUNT DELETE ${wrong}`);
  await ask(
    ann,
    `PRIVMSG NickServ :IDENTIFY ann ${wrong}`,
    `NS IDENTIFY ann ${second}`,
    "ACCOUNT EXPORT",
    "ACCOUNT LIST",
  );
  await ask(ann, `PRIVMSG ann :${aloud}`);
  const [search = "", backup = ""] = await ask(ann, `SEARCH ${aloud}`, "BACKUP");
  assert(search.includes(aloud) && backup.includes(" BACKUP DONE "), `${search}\n${backup}`);
  await using bob = await Peer.connect(port, "bob", { register: false });
  await logIn(bob, "ann", wrong);
  await logIn(bob, "cat", third);
  await scram(bob, "ann", wrong);
  await scram(bob, "ann", second);
  await using dan = await Peer.connect(port, "dan", { register: false });
  dan.send(`PASS ann:${wrong}`);
  await dan.closed();
  await using eve = await Peer.connect(port, "eve", { register: false });
  await ask(eve, `PASS ann:${second}`, `FLY ${wrong}`, `NICK ${wrong} ${wrong}`);
}

/** The secrets that a text contains: as they are, as base64, or in a PLAIN message. */
function found(text: string): string[] {
  return Object.values(secrets).filter((secret) => {
    const tail = btoa(`\0${secret}`).slice(4, -4);
    return text.includes(secret) || text.includes(btoa(secret)) || text.includes(tail);
  });
}
