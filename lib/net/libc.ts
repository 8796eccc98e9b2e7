/**
 * The functions of the system that sockets are written with, by FFI. Where they cannot be used (open_libc.ts), each user
 * of them has another way.
 */
import { openLibc } from "../open_libc.ts";

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

/** Undefined if they cannot be used. */
export const libc: Libc | undefined = openLibc(all);
