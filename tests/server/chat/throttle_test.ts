/** Token buckets, with the clock of the test. */
import { assertEquals } from "@std/assert";
import { Bucket, Buckets } from "../../../lib/server/chat/throttle.ts";

Deno.test("a bucket gives its burst at once, then each taker waits longer", () => {
  const bucket = new Bucket({ burst: 2, perSecond: 4 }, 0);
  assertEquals([0, 0, 0, 0].map((now) => bucket.take(now)), [0, 0, 250, 500]);
  assertEquals([500, 1000, 1000].map((now) => bucket.take(now)), [250, 0, 250]);
});

Deno.test("a bucket fills up to its burst and not more", () => {
  const bucket = new Bucket({ burst: 2, perSecond: 1 }, 0);
  bucket.take(0);
  assertEquals(bucket.isFull(999), false);
  assertEquals(bucket.isFull(1000), true);
  assertEquals([90_000, 90_000, 90_000].map((now) => bucket.take(now)), [0, 0, 1000]);
});

Deno.test("a clock that jumps back does not change a bucket", () => {
  const bucket = new Bucket({ burst: 1, perSecond: 1 }, 10_000);
  assertEquals([bucket.take(10_000), bucket.take(0), bucket.take(1000)], [0, 1000, 1000]);
});

Deno.test("each key has its bucket, an empty one refuses, and a full one is removed", () => {
  const buckets = new Buckets({ burst: 1, perSecond: 1 });
  assertEquals(["a", "a", "b"].map((key) => buckets.tryTake(key, 0)), [true, false, true]);
  buckets.returnToken("a");
  assertEquals(["a", "b"].map((key) => buckets.tryTake(key, 0)), [true, false]);
  buckets.sweep(1000);
  assertEquals(["a", "b", "b"].map((key) => buckets.tryTake(key, 1000)), [true, true, false]);
});
