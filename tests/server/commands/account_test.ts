/** The user's own account: REGISTER and VERIFY, nick ownership, PASS, NickServ, password, export, deletion. */
import { assert, assertEquals, assertMatch } from "@std/assert";
import { encode64, utf8 } from "../../../lib/irc/digest.ts";
import { password, registered } from "../../support/account.ts";
import { device, logIn } from "../../support/login.ts";
import { ask, plain, receive } from "../../support/transcript.ts";
import { visit } from "../../support/memory_connection.ts";
import { story } from "../../support/story.ts";

story("REGISTER creates an account with the nick and logs in to it", async (chat) => {
  const ann = await chat.peer("Ann");
  assertEquals(await ask(ann, `REGISTER * * :${password}`), [
    ":chat.test REGISTER SUCCESS Ann :Account successfully registered",
    ":chat.test 900 Ann Ann!~Ann@ann.localhost Ann :You are now logged in as Ann",
  ]);
  assertEquals(await ask(ann, "MODE Ann"), [":chat.test 221 Ann +r"]);
  assertMatch(
    (await ask(ann, "ACCOUNT"))[0] ?? "",
    /^:chat\.test NOTE ACCOUNT SHOW Ann :You are logged in as Ann, account created on [\d-]+, 1 device, 0 of 20 channels$/,
  );
});

story("REGISTER refuses passwords that many people have", async (chat) => {
  const ann = await chat.peer("ann");
  const sentence = "This is one of the passwords that attackers try first: choose another one";
  for (const common of ["password123", "Iloveyou", "1q2w3e4r"]) {
    assertEquals(await ask(ann, `REGISTER * * ${common}`), [
      `:chat.test FAIL REGISTER WEAK_PASSWORD ann :${sentence}`,
    ]);
  }
  await ask(ann, `REGISTER * * ${password}`);
  assertEquals(await ask(ann, `ACCOUNT PASSWORD ${password} sunshine`), [
    `:chat.test FAIL ACCOUNT WEAK_PASSWORD PASSWORD :${sentence}`,
  ]);
});

story(
  "REGISTER accepts every password of a lower --password-length",
  { settings: { passwordLength: 7 } },
  async (chat) => {
    const ann = await chat.peer("ann");
    assertMatch((await ask(ann, "REGISTER * * password"))[0] ?? "", / REGISTER SUCCESS ann /);
  },
);

story("REGISTER works before registration of the connection is complete", async (chat) => {
  const ann = await chat.peer("ann", { register: false });
  const sentence = "Choose a nick first; the account gets the same name";
  assertEquals(await ask(ann, `REGISTER * * :${password}`), [`:chat.test NOTICE * :REGISTER: ${sentence}`]);
  await ask(ann, "CAP REQ draft/account-registration", "CAP END");
  assertEquals(await ask(ann, `REGISTER * * :${password}`), [
    `:chat.test FAIL REGISTER NEED_NICK * :${sentence}`,
  ]);
  assertEquals(
    (await ask(ann, "NICK ann", `REGISTER ann ann@chat.example :${password}`))[0],
    ":chat.test REGISTER SUCCESS ann :Account successfully registered",
  );
  await ask(ann, "USER ann 0 * :Ann");
  assertEquals(chat.state.find("ann")?.account, "ann");
});

story("REGISTER refuses invalid requests", async (chat) => {
  await registered(chat, "ann");
  const bob = await chat.peer("bob");
  const early = await chat.peer("cat", { register: false });
  assertEquals(await ask(early, "NICK bob"), [":chat.test 433 * bob :Nickname is already in use"]);
  assertEquals(await ask(bob, "REGISTER cat * :long enough"), [
    ":chat.test FAIL REGISTER ACCOUNT_NAME_MUST_BE_NICK cat :The account must have the name of your nick: bob",
  ]);
  assertEquals(await ask(bob, "REGISTER * * :short"), [
    ":chat.test FAIL REGISTER WEAK_PASSWORD bob :The password is shorter than 8 characters",
  ]);
  assertEquals(await ask(bob, `REGISTER * * :${"x".repeat(1025)}`), [
    ":chat.test FAIL REGISTER UNACCEPTABLE_PASSWORD bob :The password is longer than 1024 bytes",
  ]);
  assertEquals(await ask(bob, "REGISTER *"), [":chat.test 461 bob REGISTER :Not enough parameters"]);
  await ask(bob, `REGISTER * * :${password}`);
  assertEquals(await ask(bob, `REGISTER * * :${password}`, "VERIFY bob 123"), [
    ":chat.test FAIL REGISTER ALREADY_AUTHENTICATED bob :You are logged in as bob",
    ":chat.test FAIL VERIFY ALREADY_AUTHENTICATED bob :You are logged in as bob",
  ]);
  assertEquals(await ask(early, "VERIFY bob 123"), [
    ":chat.test NOTICE * :VERIFY: This server uses no verification codes: use REGISTER, or log in",
  ]);
});

story("REGISTER refuses nicks of other users and names of services", async (chat) => {
  await chat.peer("root");
  const ann = await chat.peer("ann", { register: false });
  // With CAP the nick is checked at the end, because a login can come first.
  assertEquals(
    await ask(ann, "CAP LS 302", "NICK root").then((lines) => lines.at(-1)),
    ":chat.test 433 * root :Nickname is already in use",
  );
  assertEquals(await ask(ann, "NICK NickServ"), []);
  assertEquals(await ask(ann, `REGISTER * * :${password}`), [
    ":chat.test NOTICE NickServ :REGISTER: This name is taken",
  ]);
});

story("REGISTER accepts a password only over a private connection", async (chat) => {
  const open = await visit(chat.hub, "203.0.113.9", "ann");
  assertEquals(await ask(open, `REGISTER * * :${password}`), [
    ":chat.test FAIL REGISTER TEMPORARILY_UNAVAILABLE ann :Passwords need an encrypted connection: connect with ircs://",
  ]);
  const secure = await visit(chat.hub, "203.0.113.9", "bob", { secure: true });
  assertEquals((await ask(secure, `REGISTER * * :${password}`)).length, 2);
});

story("REGISTER has a limit per address", { settings: { accountsPerAddress: 2 } }, async (chat) => {
  const codes: string[] = [];
  for (const nick of ["ann", "bob", "cat"]) {
    const peer = await visit(chat.hub, "203.0.113.9", nick, { secure: true });
    codes.push((await ask(peer, `REGISTER * * :${password}`))[0]?.split(" ").slice(1, 4).join(" ") ?? "");
  }
  assertEquals(codes, [
    "REGISTER SUCCESS ann",
    "REGISTER SUCCESS bob",
    "FAIL REGISTER TEMPORARILY_UNAVAILABLE",
  ]);
});

for (
  const [registration, early, late] of [["connected", "COMPLETE_CONNECTION_REQUIRED", "SUCCESS"], [
    "off",
    "TEMPORARILY_UNAVAILABLE",
    "TEMPORARILY_UNAVAILABLE",
  ]] as const
) {
  story(`--registration ${registration} limits who can create accounts`, {
    settings: { registration },
  }, async (chat) => {
    const ann = await chat.peer("ann", { register: false });
    const offered = (await ask(ann, "CAP LS 302")).join(" ").split(" ").filter((word) =>
      word.includes("registration")
    );
    assertEquals(offered, registration === "off" ? [] : ["draft/account-registration"]);
    await ask(ann, "CAP REQ standard-replies");
    assert((await ask(ann, "NICK ann", `REGISTER * * :${password}`))[0]?.includes(early));
    await ask(ann, "USER ann 0 * :Ann", "CAP END");
    assert((await ask(ann, `REGISTER * * :${password}`))[0]?.includes(late));
  });
}

story("REGISTER does not bypass the password of the server, and a login replaces it", {
  password: "open sesame",
}, async (chat) => {
  const early = await chat.peer("bob", { register: false });
  assert(
    (await ask(early, "NICK bob", `REGISTER * * :${password}`))[0]?.includes("Complete the connection first"),
  );
  const ann = await registered(chat, "ann", { password: "open sesame" });
  await device(chat, "ann");
  assert((await receive(ann))[0]?.includes(" NEW_LOGIN "));
  early.send("USER bob 0 * :Bob");
  assertEquals((await early.closed()).at(-1), "ERROR :Closing link: Wrong password");
});

story(
  "--login-required accepts only logged-in users",
  { settings: { loginRequired: true } },
  async (chat) => {
    const ann = await chat.peer("ann", { register: false });
    await ask(ann, "NICK ann", `REGISTER * * :${password}`);
    const lines = await ask(ann, "USER ann 0 * :Ann");
    assert(lines.some((line) => line.includes(" draft/ACCOUNTREQUIRED ")));
    const bob = await chat.peer("bob", { register: false });
    bob.send("CAP REQ standard-replies", "NICK bob", "USER bob 0 * :Bob", "CAP END");
    assertEquals(plain(await bob.closed()).slice(1, 2), [
      ":chat.test FAIL * ACCOUNT_REQUIRED :Log in to your account first: this server accepts only users with an account",
    ]);
  },
);

const owned = "This nick belongs to an account; log in to use it";

story("only users who are logged in to an account can use its nick", async (chat) => {
  const ann = await registered(chat, "ann");
  await ask(ann, "NICK anna");
  const bob = await chat.peer("bob");
  assertEquals(await ask(bob, "NICK ANN"), [`:chat.test 433 bob ANN :${owned}`]);
  const cat = await chat.peer("cat", { register: false });
  assertEquals(await ask(cat, "NICK ann"), [`:chat.test 433 * ann :${owned}`]);
  await ask(cat, "CAP LS 302");
  assertEquals(await ask(cat, "NICK ann", "USER cat 0 * :Cat"), []);
  assertEquals(await ask(cat, "CAP END"), [`:chat.test 433 * ann :${owned}`]);
  assertEquals(await ask(ann, "NICK ann"), [":anna NICK ann"]);
  assertEquals(await ask(bob, "NICK NickServ"), [
    ":chat.test 433 bob NickServ :Nickname is already in use: it is reserved for a service",
  ]);
});

story("a user who logs in to another account loses the nick of the first", async (chat) => {
  await (await registered(chat, "bob")).lines();
  const ann = await registered(chat, "ann");
  await logIn(ann, "bob");
  assertEquals(chat.state.find("ann"), undefined);
  assertMatch([...chat.state.users.values()].at(-1)?.nick ?? "", /^Guest-/);
});

story("PASS accepts account:password from apps without another login", async (chat) => {
  const ann = await registered(chat, "ann");
  ann.send("QUIT");
  await ann.closed();
  const again = await chat.peer("ann", { register: false });
  assertEquals(await ask(again, `PASS ann:${password}`), [
    ":chat.test 900 * *!*@ann.localhost ann :You are now logged in as ann",
  ]);
  assert((await ask(again, "NICK ann", "USER ann 0 * :Ann"))[0]?.includes(" 001 ann "));
  const wrong = await chat.peer("bob", { register: false });
  wrong.send("PASS ann:wrong");
  assertEquals(plain(await wrong.closed()), [
    ":chat.test 464 * :Password incorrect",
    ": ERROR :Closing link: Wrong name or password",
  ]);
  const open = await visit(chat.hub, "203.0.113.9", "bob", { register: false });
  open.send(`PASS ann:${password}`);
  assertEquals(await open.closed(), [
    "ERROR :Closing link: Passwords need an encrypted connection: connect with ircs://",
  ]);
});

story("NickServ logs in apps without another login", async (chat) => {
  const ann = await chat.peer("ann");
  assertEquals((await ask(ann, `PRIVMSG NickServ :REGISTER ${password}`)).length, 2);
  ann.send("QUIT");
  await ann.closed();
  const again = await chat.peer("ann_");
  assertEquals(await ask(again, "PRIVMSG nickserv :IDENTIFY ann wrong"), [
    ":NickServ NOTICE ann_ :Wrong name or password",
  ]);
  assertEquals(await ask(again, "NS IDENTIFY ann correct-horse-battery"), [
    ":chat.test 900 ann_ ann_!~ann_@ann_.localhost ann :You are now logged in as ann",
    ":NickServ NOTICE ann_ :You are now logged in as ann",
    ":ann_ NICK ann",
  ]);
  assert((await ask(again, "NICKSERV HELP"))[0]?.includes("IDENTIFY"));
  assertEquals((await receive(again)).length, 0);
});

story("ACCOUNT PASSWORD changes the password if the old one is correct", async (chat) => {
  const ann = await registered(chat, "ann");
  assertEquals(await ask(ann, "ACCOUNT PASSWORD wrong :new horse!"), [
    ":chat.test FAIL ACCOUNT INVALID_CREDENTIALS ann :Wrong name or password",
  ]);
  assertEquals(await ask(ann, "ACCOUNT PASSWORD", "ACCOUNT PASSWORD wrong", "ACCOUNT DELETE"), [
    ":chat.test FAIL ACCOUNT NEED_MORE_PARAMS PASSWORD :Write: ACCOUNT PASSWORD <old password> <new password>",
    ":chat.test FAIL ACCOUNT NEED_MORE_PARAMS PASSWORD :Write: ACCOUNT PASSWORD <old password> <new password>",
    ":chat.test FAIL ACCOUNT NEED_MORE_PARAMS DELETE :Write: ACCOUNT DELETE <password>; it deletes your messages too",
  ]);
  assertEquals(await ask(ann, `ACCOUNT PASSWORD ${password} :short`), [
    ":chat.test FAIL ACCOUNT WEAK_PASSWORD PASSWORD :The password is shorter than 8 characters",
  ]);
  assertEquals(await ask(ann, `ACCOUNT PASSWORD ${password} :two words now`), [
    ":chat.test NOTE ACCOUNT PASSWORD_SET ann :Your password was changed",
  ]);
  const other = await chat.peer("cat", { register: false });
  assert((await logIn(other, "ann")).at(-1)?.includes(" 904 "));
  assertEquals((await logIn(other, "ann", "two words now")).length, 2);
  const bob = await chat.peer("bob");
  assertEquals(await ask(bob, "ACCOUNT", "ACCOUNT FLY"), [
    ":chat.test FAIL ACCOUNT ACCOUNT_REQUIRED SHOW :You are not logged in",
    ":chat.test FAIL ACCOUNT INVALID_PARAMS FLY :See HELP ACCOUNT",
  ]);
});

story("a message to an account that is offline is refused with these words", async (chat) => {
  const ann = await registered(chat, "ann");
  const bob = await chat.peer("bob");
  await ask(ann, "NICK anna");
  assertEquals(await ask(bob, "PRIVMSG ann :hi"), [
    ":chat.test 401 bob ann :This user is online as anna and did not get your message",
  ]);
  ann.send("QUIT");
  assertEquals(await ask(bob, "PRIVMSG ann :hi", "PRIVMSG nobody :hi", "NICK nickserv"), [
    ":chat.test 401 bob ann :This user is offline and did not get your message",
    ":chat.test 401 bob nobody :No such nick/channel",
    ":chat.test 433 bob nickserv :Nickname is already in use: it is reserved for a service",
  ]);
});

story("ACCOUNT PASSWORD BASE64 accepts an old password with a space", async (chat) => {
  const ann = await registered(chat, "ann");
  const changed = ":chat.test NOTE ACCOUNT PASSWORD_SET ann :Your password was changed";
  assertEquals(await ask(ann, `ACCOUNT PASSWORD ${password} :two wörds`), [changed]);
  const [old, wanted] = ["two wörds", "base64 words"].map((text) => encode64(utf8(text)));
  assertEquals(await ask(ann, `ACCOUNT PASSWORD BASE64 ${wanted} ${wanted}`), [
    ":chat.test FAIL ACCOUNT INVALID_CREDENTIALS ann :Wrong name or password",
  ]);
  assertEquals(
    await ask(ann, `ACCOUNT PASSWORD BASE64 ${old} wörds`, `ACCOUNT PASSWORD BASE64 ${old} /w==`),
    [
      ":chat.test FAIL ACCOUNT INVALID_PARAMS PASSWORD :The passwords must be UTF-8 in base64",
      ":chat.test FAIL ACCOUNT INVALID_PARAMS PASSWORD :The passwords must be UTF-8 in base64",
    ],
  );
  assertEquals(await ask(ann, `ACCOUNT PASSWORD base64 ${old} ${wanted}`), [changed]);
  assertEquals((await logIn(await chat.peer("cat", { register: false }), "ann", "base64 words")).length, 2);
});

story("ACCOUNT EXPORT sends all messages of the user, and none of others", async (chat) => {
  const ann = await registered(chat, "ann");
  const bob = await chat.peer("bob");
  for (const one of [ann, bob]) await one.join("#tea");
  const long = `"ü`.repeat(1000);
  for (const text of [":hello", `:${long}`]) await ask(ann, `PRIVMSG #tea ${text}`);
  await ask(bob, "PRIVMSG ann :not hers");
  await ask(ann, "PRIVMSG bob :just you");
  await receive(ann);
  const lines = await ask(ann, "ACCOUNT EXPORT");
  assertEquals(lines.at(-1), ":chat.test NOTE ACCOUNT EXPORT_END 3 :The export is complete: 3 messages");
  const items = new Map<string, string>();
  for (const line of lines.slice(0, -1)) {
    const [, number = "", piece = ""] = /EXPORT (\d+) :?(.*)$/.exec(line) ?? [];
    items.set(number, (items.get(number) ?? "") + piece);
  }
  const exported = [...items.values()].map((text) => JSON.parse(text));
  assertEquals(exported.map(({ target, text }) => [target, text]), [
    ["#tea", "hello"],
    ["#tea", long],
    ["bob", "just you"],
  ]);
});

story("ACCOUNT DELETE deletes the account and its messages; the name stays reserved", async (chat) => {
  const ann = await registered(chat, "ann", { caps: ["echo-message", "standard-replies"] });
  const bob = await chat.peer("bob", {
    caps: ["account-notify", "batch", "draft/chathistory", "soju.im/search"],
  });
  for (const one of [ann, bob]) await one.join("#tea");
  await ask(ann, "PRIVMSG #tea :forget me");
  await ask(bob, "PRIVMSG #tea :keep me");
  await receive(bob);
  assert((await ask(ann, "ACCOUNT DELETE wrong")).at(-1)?.includes("INVALID_CREDENTIALS"));
  assert((await ask(ann, `ACCOUNT DELETE :${password}`)).at(-1)?.includes(" NOTE ACCOUNT DELETED ann "));
  assertEquals((await receive(bob)).filter((line) => line.includes("ACCOUNT")), [":ann ACCOUNT *"]);
  // The answer is true when it is sent, and not only after the upkeep.
  for (const isAfter of [false, true]) {
    while (isAfter && chat.state.store?.upkeepStep());
    for (const request of ["CHATHISTORY LATEST #tea * 10", "SEARCH text=me", "SEARCH from=ann"]) {
      bob.send(request);
      const found = (await bob.until(/ BATCH -/)).join("\n");
      assertEquals([found.includes("forget me"), found.includes("keep me")], [
        false,
        request !== "SEARCH from=ann",
      ]);
    }
  }
  const other = await chat.peer("cat", { register: false });
  assert((await logIn(other, "ann")).at(-1)?.includes(" 904 "));
  assert((await ask(ann, "NICK ann"))[0]?.includes("it belonged to an account that was deleted"));
});
