/** The CPU time and memory of a process, from the kernel. Linux only: other systems have no /proc. */

/** Ticks per second of the times in /proc, the same on every Linux (USER_HZ). */
const ticksPerSecond = 100;

/** CPU seconds, user and system, of all threads of `pid` since it started; exact to 10 ms. */
export function cpuSeconds(pid: number): number {
  const text = Deno.readTextFileSync(`/proc/${pid}/stat`);
  // The second field is the command in brackets and can contain spaces; the other fields begin after the last ")".
  const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
  return (Number(fields[11]) + Number(fields[12])) / ticksPerSecond;
}

/** Resident memory of `pid` in KiB. */
export function residentKib(pid: number): number {
  const found = /^VmRSS:\s+(\d+) kB$/m.exec(Deno.readTextFileSync(`/proc/${pid}/status`));
  return Number(found?.[1]);
}
