/**
 * Finds steps that keep the event loop busy. It counts the time on the CPU as well as the time that passed, because on a
 * busy machine the system lets a process wait.
 */
import process from "node:process";

/** A stall of the event loop that people could notice. */
const longMs = 20;

/** Measures steps, one after the other. */
export class SlowSteps {
  /** Steps of more than 20 ms. */
  long = 0;
  /** The slowest step: its time, and what the test says about it. */
  longestMs = 0;
  longest = "";

  /** Runs `act`; `describe` is called only for the slowest step so far. */
  async measure(act: () => Promise<void>, describe: () => string): Promise<void> {
    const [startMs, startCpuMs] = [performance.now(), cpuMs()];
    await act();
    const tookMs = Math.min(performance.now() - startMs, cpuMs() - startCpuMs);
    if (tookMs > longMs) this.long++;
    if (tookMs <= this.longestMs) return;
    this.longestMs = tookMs;
    this.longest = describe();
  }

  figures(): string {
    return `${this.long} steps of more than ${longMs} ms, at most ${Math.round(this.longestMs)} ms`;
  }
}

/** The time of this thread on the CPU. */
function cpuMs(): number {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1000;
}
