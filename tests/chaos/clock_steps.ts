/**
 * The real server with a clock that somebody sets (libfaketime): nobody is thrown out, messages keep the right time, and
 * a database with messages of the future is mended. Without libfaketime it is ignored.
 */
import { assert, assertEquals } from "@std/assert";
import { pause, until } from "../support/deadline.ts";
import { FakeClock } from "../support/fake_clock.ts";
import { temporaryFolder } from "../support/folder.ts";
import { Peer } from "../support/peer.ts";
import { granted, programPermissions } from "../support/permissions.ts";
import { type RunningServer, startServer } from "../support/server.ts";

const ignore = !granted(...programPermissions) || !FakeClock.isAvailable();
const hourMs = 3_600_000;
const yearMs = 365 * 24 * hourMs;
const caps = ["server-time", "echo-message", "batch", "draft/chathistory"];

/** Sends a message and returns how far its time is ahead of the real one. */
async function say(peer: Peer, text: string): Promise<number> {
  peer.send(`PRIVMSG #tea ${text}`);
  const echo = await peer.next(new RegExp(` PRIVMSG #tea :?${text}$`));
  return Date.parse(/time=([^ ;]+)/.exec(echo)?.[1] ?? "") - Date.now();
}

function isAbout(ms: number, wantedMs: number): boolean {
  return Math.abs(ms - wantedMs) < 5000;
}

async function logged(server: RunningServer, wanted: RegExp): Promise<void> {
  await until(() => wanted.test(server.stderr()));
}

Deno.test({
  name:
    "steps of the clock by an hour and a year, ahead and back, throw out nobody and do not stay in messages",
  ignore,
  async fn() {
    using place = temporaryFolder();
    const clock = new FakeClock(`${place.folder}/clock`);
    const flags = ["--tls", "off", "--web", "off", "--ping-after", "30s", "--registration-time", "30s"];
    await using server = await startServer(flags, clock.env);
    await using ann = await Peer.connect(server.port, "ann", { caps });
    await ann.join("#tea");
    await using late = await Peer.connect(server.port, "late", { register: false });
    for (const stepMs of [hourMs, yearMs, 0]) {
      clock.set(stepMs);
      // Two sweeps of the server.
      await pause(4500);
      assert(isAbout(await say(ann, `at${stepMs}`), 0));
    }
    await logged(server, /The clock of this machine was set 365 days ahead/);
    await logged(server, /New messages follow the clock of this machine again/);
    clock.set(-hourMs);
    assert(isAbout(await say(ann, "back"), 0));
    await logged(server, /60 minutes ahead of the clock of this machine/);
    assertEquals(await late.lines(), []);
    assertEquals((await server.stop()).code, 0);
  },
});

Deno.test({
  name:
    "messages of a clock that was a year ahead are told at the next start and moved to the present by --mend-times",
  ignore,
  async fn() {
    using place = temporaryFolder();
    const clock = new FakeClock(`${place.folder}/clock`);
    const flags = ["--tls", "off", "--web", "off", "--no-ephemeral", "--data", `${place.folder}/data`];
    const meet = async (server: RunningServer) => {
      const peer = await Peer.connect(server.port, "ann", { caps });
      await peer.join("#tea");
      return peer;
    };
    clock.set(yearMs);
    {
      await using server = await startServer(flags, clock.env);
      await using ann = await meet(server);
      assert(isAbout(await say(ann, "one"), yearMs));
      await server.stop();
    }
    clock.set(0);
    {
      await using server = await startServer(flags, clock.env);
      await logged(server, /365 days ahead of the clock of this machine, .* --mend-times/);
      await using ann = await meet(server);
      assert(isAbout(await say(ann, "two"), yearMs));
      await server.stop();
    }
    await using server = await startServer([...flags, "--mend-times"], clock.env);
    await logged(server, /--mend-times has moved \d+ messages and events to the present/);
    await using ann = await meet(server);
    assert(isAbout(await say(ann, "three"), 0));
  },
});
