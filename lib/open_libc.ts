/** Functions of the C library by FFI, on Linux. */

/** Undefined elsewhere, and without the permission for FFI; nobody is asked for it. It takes half a millisecond. */
export function openLibc<const S extends Deno.ForeignLibraryInterface>(
  symbols: S,
): Deno.DynamicLibrary<S>["symbols"] | undefined {
  if (Deno.build.os !== "linux") return undefined;
  // A question to a person would stop the server.
  if (Deno.permissions.querySync({ name: "ffi" }).state !== "granted") return undefined;
  try {
    return Deno.dlopen("libc.so.6", symbols).symbols;
  } catch {
    // musl has another name, and Deno has no programs for it.
    return undefined;
  }
}
