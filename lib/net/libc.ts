/**
 * The functions of the system that sockets are written with, by FFI: Linux, with libc and the permission for FFI. They
 * are null everywhere else, and each user of them has another way.
 */
const symbols = {
  // The return values and lengths are below 2^31, and numbers of 32 bits need no BigInt.
  send: { parameters: ["i32", "buffer", "u32", "i32"], result: "i32" },
  getsockname: { parameters: ["i32", "buffer", "buffer"], result: "i32" },
  getpeername: { parameters: ["i32", "buffer", "buffer"], result: "i32" },
  mmap: { parameters: ["pointer", "usize", "i32", "i32", "i32", "i64"], result: "pointer" },
  close: { parameters: ["i32"], result: "i32" },
} as const;

/** syscall(2) takes other arguments for each call, so each of ours is a function with a name. */
const systemCalls = {
  ioUringSetup: { name: "syscall", parameters: ["i32", "u32", "buffer"], result: "i32" },
  ioUringEnter: {
    name: "syscall",
    parameters: ["i32", "i32", "u32", "u32", "u32", "pointer", "usize"],
    result: "i32",
  },
} as const;

const all = { ...symbols, ...systemCalls };

export type Libc = Deno.DynamicLibrary<typeof all>["symbols"];

/** MSG_DONTWAIT and MSG_NOSIGNAL of Linux, for each send. */
export const sendFlags = 0x40 | 0x4000;

/** Null if they cannot be used. Loading them takes half a millisecond. */
export const libc: Libc | null = openLibc();

function openLibc(): Libc | null {
  if (Deno.build.os !== "linux") return null;
  // A question to a person would stop the server.
  if (Deno.permissions.querySync({ name: "ffi" }).state !== "granted") return null;
  try {
    return Deno.dlopen("libc.so.6", all).symbols;
  } catch {
    // musl has another name, and Deno has no programs for it.
    return null;
  }
}
