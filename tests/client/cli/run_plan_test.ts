import { assertEquals } from "@std/assert";
import { clientFlags } from "../../../lib/client/cli/flags.ts";
import { planRun } from "../../../lib/client/cli/run_plan.ts";
import { parseOptions } from "../../../lib/options.ts";

/** The plan for the arguments of a command line. */
function plan(args: readonly string[], isTerminal = false): ReturnType<typeof planRun> {
  const parsed = parseOptions(clientFlags, args, {});
  if ("fault" in parsed) throw new Error(parsed.fault);
  return planRun(parsed.values, parsed.positional, isTerminal);
}

Deno.test("planRun() asks a person at a terminal for the name, but not a script", () => {
  const destination = { address: "irc://chat.example:6667", isTlsImplied: false, channels: ["#tea"] };
  assertEquals(plan(["irc://chat.example/#tea"], true), {
    destination,
    nick: undefined,
    job: undefined,
    since: undefined,
    interactive: true,
  });
  assertEquals(plan(["irc://chat.example/#tea", "tail", "#tea"], true), {
    fault: "Cannot join without a name: write --user NAME",
  });
});

const faults: readonly (readonly [args: string[], fault: string])[] = [
  [["--user", "a b"], 'Cannot use --user "a b": a name is one word, without spaces'],
  [["-u", "bob", "send"], `Cannot use "send" without a channel or a name: write send '#CHANNEL'`],
  [
    ["-u", "bob", "--since", "soon", "history", "#tea"],
    'Cannot use --since "soon": write 2h, 3d or 2026-01-31T12:00Z',
  ],
  [
    ["-u", "bob", "sned"],
    'Cannot use "sned": write send, tail, history or an address such as irc://127.0.0.1:6667/#lobby',
  ],
];

for (const [args, fault] of faults) {
  Deno.test(`planRun() refuses ${args.join(" ")}`, () => assertEquals(plan(args), { fault }));
}
