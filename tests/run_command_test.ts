/** The commands that programs print for people: they match the command that started this program. */

import { assertEquals } from "@std/assert";
import { runCommand } from "../lib/run_command.ts";

const running = {
  execPath: "/usr/local/bin/deno",
  denoVersion: "2.9.6",
  isCompiled: false,
  folder: "/home/ann/parley",
  workingFolder: "/home/ann/parley",
};

Deno.test("runCommand() prints deno when Deno is installed", () => {
  assertEquals(runCommand("client.ts", running), "deno run -A client.ts");
});

Deno.test("runCommand() prints npx and the running version when npx started Deno", () => {
  const posix = "/home/ann/.npm/_npx/7a40be787520bede/node_modules/deno/deno";
  const windows = "C:\\Users\\ann\\AppData\\Local\\npm-cache\\_npx\\7a40be78\\node_modules\\deno\\deno.exe";
  for (const execPath of [posix, windows]) {
    assertEquals(runCommand("server.ts", { ...running, execPath }), "npx -y deno@2.9.6 run -A server.ts");
  }
});

Deno.test("runCommand() prints the path when the working folder is another one", () => {
  assertEquals(
    runCommand("client.ts", { ...running, workingFolder: "/" }),
    "deno run -A /home/ann/parley/client.ts",
  );
  assertEquals(
    runCommand("client.ts", { ...running, folder: "/home/ann/my chat", workingFolder: "/" }),
    'deno run -A "/home/ann/my chat/client.ts"',
  );
  assertEquals(
    runCommand("client.ts", { ...running, folder: "C:\\parley", workingFolder: "C:\\" }),
    "deno run -A C:\\parley\\client.ts",
  );
});

Deno.test("runCommand() prints the name of the compiled program", () => {
  assertEquals(runCommand("client.ts", { ...running, isCompiled: true }), "parley");
  assertEquals(runCommand("server.ts", { ...running, isCompiled: true }), "parley-server");
});
