/**
 * npx does not pass SIGTERM on. One expects that a program started with `npx -y deno@2.9.6 run …` stops when a service
 * manager stops npx. npx ends, and the program runs on without a parent. That is why the guide for the server says to
 * start a service with the `deno` binary.
 */
// deno-lint-ignore-file no-console

const program = `
  Deno.writeTextFileSync("pid", String(Deno.pid));
  let beats = 0;
  setInterval(() => Deno.writeTextFileSync("beats", String(++beats)), 100);
  setTimeout(() => Deno.exit(0), 60_000);
`;
const command = ["-y", "deno@2.9.6", "run", "-A", "program.ts"];
const patienceMs = 50_000;

const folder = Deno.makeTempDirSync();
Deno.writeTextFileSync(`${folder}/program.ts`, program);
const npx = new Deno.Command("npx", { args: command, cwd: folder, stdout: "null", stderr: "null" }).spawn();
try {
  await until(() => read("beats") !== "");
  npx.kill("SIGTERM");
  const { code, signal } = await npx.status;
  const before = Number(read("beats"));
  await pause(2_000);
  const after = Number(read("beats"));
  const runsOn = after > before;
  console.log(`npx ${await versionOf("npx")}, node ${await versionOf("node")}, program in deno 2.9.6`);
  console.log("expected: the program stops when npx gets SIGTERM");
  console.log(
    `found: npx ended (code ${code}, signal ${signal}), the program ${runsOn ? "runs on" : "stopped"}`,
  );
  Deno.exitCode = runsOn ? 0 : 1;
} finally {
  end(Number(read("pid")));
  Deno.removeSync(folder, { recursive: true });
}

function read(name: string): string {
  try {
    return Deno.readTextFileSync(`${folder}/${name}`);
  } catch {
    return "";
  }
}

function end(pid: number): void {
  try {
    Deno.kill(pid, "SIGKILL");
  } catch {
    // It has stopped already.
  }
}

async function until(condition: () => boolean): Promise<void> {
  const end = Date.now() + patienceMs;
  while (!condition()) {
    if (Date.now() > end) throw new Error("The program did not start");
    await pause(100);
  }
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

async function versionOf(name: string): Promise<string> {
  const { stdout } = await new Deno.Command(name, { args: ["--version"] }).output();
  return new TextDecoder().decode(stdout).trim();
}
