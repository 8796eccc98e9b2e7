/**
 * Slows down guesses of passwords, without a lock that others could use against the right person. The server cannot know
 * the person who guesses, so it counts places: an address that logged in to the account before is a place of its own, and
 * all other addresses together are one place. At a place, wrong passwords make the next try for this account wait, longer
 * each time. A place does not wait because of guesses at another place.
 *
 * For one account that is at most 120 guesses an hour and 2,880 a day from all unknown addresses together, after a burst
 * of 20; and as many from each known address. An unknown address also has a limit of its own, for all accounts together.
 * The address of this machine can stand for everybody behind a proxy, so it has no such limit.
 */
import { isLoopback, peerOf } from "../../irc/address.ts";
import type { Folded } from "../../irc/names.ts";
import { HashQueue } from "./hash_queue.ts";
import { Buckets } from "./throttle.ts";

/** The answer to a try that is not made. */
export interface TooManyTries {
  readonly kind: "too many tries";
}

/** The options of a throttle. */
export interface LoginThrottleOptions {
  /** Wrong passwords of one address in ten minutes, for all accounts. */
  readonly tries: number;
  readonly monotonic: () => number;
  readonly sleep: (ms: number) => Promise<void>;
}

const windowSeconds = 600;
/** Passwords that are hashed at the same time; each needs a core. */
const hashedAtOnce = 2;
/** Wrong passwords at a place that cost no time, in proportion to those of an address: people forget passwords. */
const freeShare = 2;
const firstWaitMs = 1000;
const longestWaitMs = 30_000;
/** A wrong password is forgotten after this time. */
const forgetMs = 60_000;
/** Tries that wait at one place; one more drops the oldest. */
const maxWaiting = 20;
/** Remembered addresses of one account. */
const maxFamiliar = 8;

/** All tries to log in. */
export class LoginThrottle {
  readonly #options: LoginThrottleOptions;
  readonly #hashing = new HashQueue(hashedAtOnce);
  readonly #turns = new HashQueue(Infinity);
  readonly #byPeer: Buckets;
  readonly #places = new Map<string, Place>();
  readonly #familiar = new Map<Folded, Set<string>>();

  constructor(options: LoginThrottleOptions) {
    this.#options = options;
    this.#byPeer = new Buckets({ burst: options.tries, perSecond: options.tries / windowSeconds });
  }

  /** Runs `act` after all earlier work for this address, when a core is free. */
  hash<T>(address: string, act: () => Promise<T>): Promise<T> {
    return this.#hashing.run(peerOf(address), act);
  }

  /** Runs the test of a password when its turn comes. `onWait` is called before a wait, with its milliseconds. */
  async run<R extends { readonly kind: string }>(
    name: Folded,
    address: string,
    test: () => Promise<R>,
    onWait: (ms: number) => void = () => {},
  ): Promise<R | TooManyTries> {
    const peer = isLoopback(address) ? undefined : peerOf(address);
    if (peer === undefined) return await this.#runAt(name, test, onWait);
    if (this.#familiar.get(name)?.has(peer)) return await this.#runAt(`${name} ${peer}`, test, onWait);
    // One at a time, so that parallel tries are all counted, and right passwords are not.
    return await this.#turns.run(peer, async () => {
      if (!this.#byPeer.tryTake(peer, this.#options.monotonic())) return { kind: "too many tries" };
      const result = await this.#runAt(name, test, onWait);
      if (result.kind === "wrong") return result;
      this.#byPeer.returnToken(peer);
      if (result.kind !== "too many tries") this.#remember(name, peer);
      return result;
    });
  }

  /** Forgets the addresses that logged in to an account: a thief's can be one of them. */
  forgetFamiliar(name: Folded): void {
    this.#familiar.delete(name);
  }

  /** Removes what has no effect any more. */
  sweep(): void {
    const now = this.#options.monotonic();
    this.#byPeer.sweep(now);
    for (const [key, place] of this.#places) if (place.isIdle(now)) this.#places.delete(key);
  }

  #runAt<R extends { readonly kind: string }>(
    key: string,
    test: () => Promise<R>,
    onWait: (ms: number) => void,
  ): Promise<R | TooManyTries> {
    let place = this.#places.get(key);
    if (place === undefined) this.#places.set(key, place = new Place(this.#options));
    return place.run(() => this.#hashing.run(key, test), onWait);
  }

  #remember(name: Folded, peer: string): void {
    const familiar = this.#familiar.get(name) ?? new Set<string>();
    this.#familiar.set(name, familiar);
    familiar.add(peer);
    const [oldest] = familiar;
    if (familiar.size > maxFamiliar && oldest !== undefined) familiar.delete(oldest);
  }
}

/** The tries for one account from one place. */
class Place {
  readonly #options: LoginThrottleOptions;
  readonly #free: number;
  #wrong = 0;
  /** When the last wrong password came. */
  #wrongAt = -Infinity;
  #isServing = false;
  readonly #waiting: { readonly start: () => Promise<void>; readonly drop: () => void }[] = [];

  constructor(options: LoginThrottleOptions) {
    this.#options = options;
    this.#free = options.tries * freeShare;
  }

  run<R extends { readonly kind: string }>(
    test: () => Promise<R>,
    onWait: (ms: number) => void,
  ): Promise<R | TooManyTries> {
    const { promise, resolve, reject } = Promise.withResolvers<R | TooManyTries>();
    const start = async () => {
      try {
        const result = await test();
        if (result.kind === "wrong") this.#countWrong();
        resolve(result);
      } catch (error) {
        reject(error);
      }
    };
    this.#waiting.push({ start, drop: () => resolve({ kind: "too many tries" }) });
    if (this.#waiting.length > maxWaiting) this.#waiting.shift()?.drop();
    const waitMs = this.#waitMs();
    if (waitMs > 0) onWait(waitMs);
    if (!this.#isServing) void this.#serve();
    return promise;
  }

  isIdle(nowMs: number): boolean {
    return !this.#isServing && this.#remembered(nowMs) === 0;
  }

  /** The newest try comes first: a person who comes after a burst of guesses does not wait for all of them. */
  async #serve(): Promise<void> {
    this.#isServing = true;
    while (this.#waiting.length > 0) {
      const waitMs = this.#waitMs();
      if (waitMs > 0) await this.#options.sleep(waitMs);
      await this.#waiting.pop()?.start();
    }
    this.#isServing = false;
  }

  #countWrong(): void {
    const now = this.#options.monotonic();
    const most = this.#free + Math.ceil(Math.log2(longestWaitMs / firstWaitMs)) + 1;
    this.#wrong = Math.min(most, this.#remembered(now) + 1);
    this.#wrongAt = now;
  }

  #waitMs(): number {
    const now = this.#options.monotonic();
    const wrong = this.#remembered(now);
    if (wrong < this.#free) return 0;
    const waitMs = Math.min(longestWaitMs, firstWaitMs * 2 ** (wrong - this.#free));
    return Math.max(0, waitMs - (now - this.#wrongAt));
  }

  /** The wrong passwords that are not forgotten yet. */
  #remembered(nowMs: number): number {
    return Math.max(0, this.#wrong - Math.floor((nowMs - this.#wrongAt) / forgetMs));
  }
}
