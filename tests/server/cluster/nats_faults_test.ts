/** The fault behind an error of NATS, and its sentences for people and operators. nats-server sends these codes. */
import { assert, assertEquals, assertMatch } from "@std/assert";
import { JetStreamApiError } from "@nats-io/jetstream";
import { errors } from "@nats-io/transport-node";
import { fileSentence, operatorSentence, peopleSentence } from "../../../lib/server/cluster/bus_fault.ts";
import { faultOf, NatsError, refusalIn, TooLargeError } from "../../../lib/server/cluster/nats_faults.ts";

function refused(status: number, code: number, description: string): JetStreamApiError {
  return new JetStreamApiError({ code: status, err_code: code, description });
}

/** The library does not export the class of this error. */
function notEnabled(cause?: unknown): Error {
  return Object.assign(new Error("jetstream is not enabled", { cause }), { name: "JetStreamNotEnabled" });
}

const violation = new errors.PermissionViolationError("Permissions Violation", "publish", "parley.events");

const cases: readonly [string, unknown, string][] = [
  ["a full disk in NATS 2.10", refused(503, 10077, "write 1.blk: no space left on device"), "no space"],
  ["a full disk in NATS 2.9 and 2.15", new errors.TimeoutError(), "no answer"],
  ["a full quota", refused(503, 10077, "write 1.blk: disk quota exceeded"), "no space"],
  ["a full stream", refused(503, 10077, "maximum bytes exceeded"), "no space"],
  ["a read-only disk", refused(503, 10077, "open 1.blk: read-only file system"), "disk fails"],
  ["a broken disk", refused(503, 10077, "write 1.blk: input/output error"), "disk fails"],
  ["a limit of the length of files", refused(503, 10077, "write 1.blk: file too large"), "disk fails"],
  ["too few file descriptors", refused(503, 10077, "open 1.blk: too many open files"), "disk fails"],
  ["a full server or account", refused(503, 10023, "insufficient resources"), "no space"],
  ["too little space for a stream", refused(500, 10047, "insufficient storage resources"), "no space"],
  ["no stream on a full disk", refused(500, 10049, "error creating store for stream"), "no space"],
  ["a stream without a leader", refused(503, 10008, "jetstream system temporarily unavailable"), "no answer"],
  ["a message over max_msg_size", refused(400, 10054, "message size exceeds maximum allowed"), "not set up"],
  ["too many streams", refused(400, 10027, "maximum number of streams reached"), "not set up"],
  ["too many consumers", refused(400, 10026, "maximum consumers limit reached"), "not set up"],
  ["a sealed stream", refused(400, 10109, "invalid operation on sealed stream"), "not set up"],
  ["NATS without JetStream", notEnabled(), "not set up"],
  ["an account without JetStream", notEnabled(refused(503, 10039, "not enabled for account")), "not set up"],
  ["a user without permission", new errors.RequestError("no", { cause: violation }), "not set up"],
  ["a broken connection", new errors.RequestError("connection disconnected"), "unreachable"],
  ["a closed connection", new errors.ClosedConnectionError(), "unreachable"],
  ["an event that is too large", new TooLargeError(70_000, 65_000), "too large"],
];

for (const [name, error, kind] of cases) {
  Deno.test(`${name} is the fault "${kind}"`, () => {
    const fault = faultOf(error);
    assertEquals(fault.kind, kind);
    assertEquals(faultOf(new NatsError(error)), fault);
    for (const sentence of [peopleSentence(fault), operatorSentence(fault), fileSentence(fault)]) {
      assertMatch(sentence, /^[A-Z][^\n]{30,330}$/);
    }
    assertEquals(peopleSentence(fault).includes("reach each other"), kind === "unreachable");
  });
}

Deno.test("only an answer of NATS is a refusal: after anything else the event can be in the stream", () => {
  const refusals = cases.filter(([, error]) => new NatsError(error).isRefusal).map(([, error]) => error);
  assert(refusals.every((error) => error instanceof JetStreamApiError || error instanceof TooLargeError));
  assertEquals(refusals.length, 16);
});

Deno.test("the sentences say how large an event is, what NATS said, and what operators can do", () => {
  const large = faultOf(new TooLargeError(70_000, 65_000));
  assertMatch(peopleSentence(large), /has 70000 bytes, and they accept 65000; send it in parts/);
  const full = faultOf(refused(503, 10077, "write 1.blk: no space left on device"));
  assertMatch(operatorSentence(full), /1\.blk: no space left on device\. Free space .* restart nats-server$/);
  const short = faultOf(refused(503, 10077, "open 1.blk: too many open files"));
  assertMatch(operatorSentence(short), /open files\. Raise its limit of open files/);
  assertMatch(operatorSentence(faultOf(notEnabled())), /start nats-server with -js/);
  assertMatch(operatorSentence(faultOf(refused(400, 10027, "maximum number of streams"))), /error 10027/);
});

Deno.test("the words with which NATS refuses a connection lead to what operators can do", () => {
  const wrong = refusalIn(new errors.AuthorizationError("Authorization Violation"));
  const full = refusalIn(new errors.ProtocolError("maximum connections exceeded"));
  assertEquals(refusalIn(new errors.ProtocolError("Maximum Payload Violation")), undefined);
  assertEquals(refusalIn(new errors.ClosedConnectionError()), undefined);
  const [login, limit] = [wrong, full].map((refusal) => operatorSentence({ kind: "unreachable", refusal }));
  assertMatch(login ?? "", /^NATS refuses the connection \(Authorization Violation\)\. Give --nats the user/);
  assertMatch(
    limit ?? "",
    /^NATS refuses .* exceeded\)\. Raise max_connections .*; messages are refused until/,
  );
});
