/** Received lines that the test has not taken yet, and waiting for one of them. Knows no socket. */

import { withDeadline } from "./deadline.ts";

/** Text that the line contains, a pattern it matches, or a question about it. */
export type Wanted = string | RegExp | ((line: string) => boolean);

export class Inbox {
  #lines: string[] = [];
  #ended = false;
  #fault: Error | undefined;
  #hasFailed = false;
  #changed = Promise.withResolvers<void>();

  /** True once no more lines will come. */
  get ended(): boolean {
    return this.#ended;
  }

  push(line: string): void {
    this.#lines.push(line);
    this.#wake();
  }

  end(): void {
    this.#ended = true;
    this.#wake();
  }

  /** The next wait throws this error. The first one counts. */
  fail(fault: Error): void {
    if (this.#hasFailed) return;
    this.#hasFailed = true;
    this.#fault = fault;
    this.#wake();
  }

  /** Throws the error of fail(), once: a second one at the end of the test would hide the first. */
  throwFault(): void {
    const fault = this.#fault;
    this.#fault = undefined;
    if (fault !== undefined) throw fault;
  }

  /** All lines so far. */
  take(): string[] {
    return this.#lines.splice(0);
  }

  /** Takes the lines up to and with the first wanted one; throws, listing what came, at the end or when late. */
  async until(wanted: Wanted, ms: number): Promise<string[]> {
    const found = await withDeadline(
      this.#find(wanted),
      ms,
      () => `Waited ${ms} ms in vain for ${wanted}; these came:\n${this.#listing()}`,
    );
    return this.#lines.splice(0, found + 1);
  }

  /** Waits for the end and takes what came before it. */
  async rest(ms: number): Promise<string[]> {
    const words = () => `Waited ${ms} ms in vain for the end; these came:\n${this.#listing()}`;
    await withDeadline(this.#end(), ms, words);
    return this.take();
  }

  async #find(wanted: Wanted): Promise<number> {
    for (;;) {
      this.throwFault();
      const found = this.#lines.findIndex((line) => matches(wanted, line));
      if (found >= 0) return found;
      if (this.#ended) {
        throw new Error(`No line matched ${wanted} before the end; these came:\n${this.#listing()}`);
      }
      await this.#changed.promise;
    }
  }

  async #end(): Promise<void> {
    while (!this.#ended) await this.#changed.promise;
    this.throwFault();
  }

  /** The last lines, shortened: a flood would hide the message. */
  #listing(): string {
    const shown = this.#lines.slice(-20).map((line) => line.length > 300 ? `${line.slice(0, 300)}…` : line);
    return [...(this.#lines.length > 20 ? [`(${this.#lines.length - 20} before)`] : []), ...shown].join("\n");
  }

  #wake(): void {
    this.#changed.resolve();
    this.#changed = Promise.withResolvers();
  }
}

function matches(wanted: Wanted, line: string): boolean {
  if (typeof wanted === "string") return line.includes(wanted);
  return wanted instanceof RegExp ? wanted.test(line) : wanted(line);
}
