/** The path of the page on its site: "/", or "/chat/" where a proxy has it at such a path. It ends with a slash. */
/// <reference lib="dom" />

/** Addresses of the page and of its invite links differ in the last part only: "/chat/" and "/chat/join". */
export const basePath: string = new URL(".", location.href).pathname;
