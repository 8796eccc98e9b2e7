import { assert, assertEquals } from "@std/assert";
import { configArguments, configPath } from "../../../lib/client/cli/config.ts";
import { destinationOf, jobOf, timeOf } from "../../../lib/client/cli/arguments.ts";

const flags = { host: "127.0.0.1", port: undefined, tls: false, plain: false, channel: ["#lobby"] };

const destinations:
  readonly (readonly [words: string[], more: object, address: string, ...channels: string[]])[] = [
    [[], {}, "irc://127.0.0.1:6667", "#lobby"],
    [[], { tls: true }, "ircs://127.0.0.1:6697", "#lobby"],
    [[], { host: "::1", port: 7000 }, "irc://[::1]:7000", "#lobby"],
    [["irc://chat.example/#tea,den"], {}, "irc://chat.example:6667", "#tea", "#den"],
    [["ircs://chat.example"], {}, "ircs://chat.example:6697", "#lobby"],
    [["irc://chat.example/#tea"], { channel: ["#Tea key"] }, "irc://chat.example:6667", "#Tea key"],
    [["chat.example"], {}, "ircs://chat.example:6697", "#lobby"],
    [["chat.example:7000"], {}, "ircs://chat.example:7000", "#lobby"],
    [["chat.example"], { plain: true }, "irc://chat.example:6667", "#lobby"],
    [[], { host: "192.168.1.5" }, "ircs://192.168.1.5:6697", "#lobby"],
    [[], { host: "192.168.1.5", plain: true }, "irc://192.168.1.5:6667", "#lobby"],
    [[], { host: "2001:db8::1" }, "ircs://[2001:db8::1]:6697", "#lobby"],
    [["localhost"], {}, "irc://localhost:6667", "#lobby"],
    [["127.9.9.9"], {}, "irc://127.9.9.9:6667", "#lobby"],
    [["localhost:7000/#tea"], {}, "irc://localhost:7000", "#tea"],
    [["tearoom:7000"], { tls: true }, "ircs://tearoom:7000", "#lobby"],
    [["[::1]:7000"], {}, "irc://[::1]:7000", "#lobby"],
    [["irc://chat.example:7000/tea"], { tls: true }, "ircs://chat.example:7000", "#tea"],
  ];

for (const [words, more, address, ...channels] of destinations) {
  Deno.test(`destinationOf() is ${address} for ${JSON.stringify([words, more])}`, () => {
    const found = destinationOf(words, { ...flags, ...more });
    assert("address" in found);
    assertEquals([found.address, found.channels], [address, channels]);
    const isWritten = words[0]?.includes("://") || "tls" in more || "plain" in more;
    assertEquals(found.isTlsImplied, !isWritten && address.startsWith("ircs:"));
  });
}

Deno.test("jobOf() finds the job before and after the address", () => {
  const send = { kind: "send", target: "#tea", text: "green tea" } as const;
  for (
    const words of [["irc://x", "send", "#tea", "green", "tea"], ["send", "irc://x", "#tea", "green", "tea"]]
  ) {
    assertEquals(jobOf(words), { job: send, rest: ["irc://x"] });
  }
  assertEquals(jobOf(["send", "#tea", "see", "irc://y"]), {
    job: { kind: "send", target: "#tea", text: "see irc://y" },
    rest: [],
  });
  // A bare host means TLS, also for a job.
  assertEquals(jobOf(["chat.example", "send", "#tea", "green tea"]), { job: send, rest: ["chat.example"] });
  assertEquals(jobOf(["tail", "tea"]), { job: { kind: "tail", channels: ["#tea"] }, rest: [] });
  assertEquals(jobOf(["irc://x"]), { job: undefined, rest: ["irc://x"] });
  assertEquals("fault" in jobOf(["history"]), true);
});

Deno.test("timeOf() reads durations and dates, and nothing else", () => {
  const now = 1_000_000_000;
  assertEquals([timeOf("2h", now), timeOf("3d", now)], [now - 7_200_000, now - 259_200_000]);
  assertEquals(timeOf("2026-01-31T12:00Z", now), Date.parse("2026-01-31T12:00Z"));
  assertEquals([timeOf("teatime", now), timeOf("5", now), timeOf("", now)], [
    undefined,
    undefined,
    undefined,
  ]);
});

Deno.test("configArguments() leaves out given settings, and reports a wrong line", () => {
  const text = '# mine\n\nuser = bob\r\nchannel="#tea"\npassword-file = ~/x = y\n';
  assertEquals(configArguments(text, (name) => name === "user"), [
    "--channel=#tea",
    "--password-file=~/x = y",
  ]);
  assertEquals(configArguments("user bob", () => false), {
    fault: 'write line 1 as "name = value"',
  });
  assertEquals(configPath({ HOME: "/home/bob" }, "linux"), "/home/bob/.config/parley/client.conf");
  assertEquals(configPath({ APPDATA: "C:\\bob" }, "windows"), "C:/bob/parley/client.conf");
});

Deno.test("destinationOf() names the word that is no address, and a second address", () => {
  const faults = [["bogus", "#x"], ["localhost", "#x"]].map((words) => destinationOf(words, flags));
  assertEquals(faults, [
    {
      fault:
        'Cannot use "bogus": write send, tail, history or an address such as irc://127.0.0.1:6667/#lobby',
    },
    { fault: 'Cannot use "#x": write only one address' },
  ]);
});

Deno.test("destinationOf() refuses --plain together with TLS", () => {
  assertEquals(destinationOf([], { ...flags, tls: true, plain: true }), {
    fault: "Cannot use --tls and --plain together: write one of them",
  });
  assertEquals(destinationOf(["ircs://chat.example"], { ...flags, plain: true }), {
    fault: 'Cannot use --plain with "ircs://chat.example": ircs:// means TLS',
  });
});
