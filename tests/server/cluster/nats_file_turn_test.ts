/** The turn to store a file, with a stream of the test in place of NATS. */
import { assertEquals } from "@std/assert";
import { JetStreamApiCodes, JetStreamApiError } from "@nats-io/jetstream";
import { NatsFileTurn } from "../../../lib/server/cluster/nats_file_turn.ts";

/** The last message of one subject: its text, and its sequence. */
function startStream() {
  const last = { text: "", seq: 0 };
  const publish = (
    _subject: string,
    text: unknown,
    options?: { expect?: { lastSubjectSequence?: number } },
  ) => {
    if (options?.expect?.lastSubjectSequence !== last.seq) {
      const code = JetStreamApiCodes.StreamWrongLastSequence;
      return Promise.reject(new JetStreamApiError({ code: 400, err_code: code, description: "wrong" }));
    }
    last.text = String(text);
    return Promise.resolve({ seq: ++last.seq, stream: "", duplicate: false });
  };
  const getMessage = () =>
    Promise.resolve({ seq: last.seq, data: new TextEncoder().encode(last.text), string: () => last.text });
  const options = { stream: "files", subject: "turn", machine: "east", hears: () => true, waitMs: 20 };
  const parts = { client: { publish }, manager: { streams: { getMessage } }, ...options };
  return { last, turn: new NatsFileTurn(parts as unknown as ConstructorParameters<typeof NatsFileTurn>[0]) };
}

Deno.test("a turn ends with its file, also when the next file of this machine did not wait for it", async () => {
  const { last, turn } = startStream();
  const begun = Promise.withResolvers<void>();
  const stored = Promise.withResolvers<void>();
  const long = turn.run(() => (begun.resolve(), stored.promise));
  await begun.promise;
  assertEquals(last.text, "east");
  await turn.run(() => Promise.resolve());
  assertEquals(last.text, "east");
  stored.resolve();
  await long;
  assertEquals(last.text, "");
});
