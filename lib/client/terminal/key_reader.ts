/**
 * Bytes from a terminal → keys. The bytes come in chunks, which can end anywhere. Knows the sequences of xterm and
 * similar terminals. An unknown sequence is dropped as a whole, so that no part of it becomes text. Reads no tty.
 */

/** One key, some typed text, or a whole paste. */
export type Key =
  | { readonly kind: "text"; readonly text: string }
  /** Text with newlines, and with its control characters. `cut`: the end is missing. */
  | { readonly kind: "paste"; readonly text: string; readonly cut?: boolean }
  /** "C-a", "M-b", "left", "C-left", "enter", "M-enter", "tab", "S-tab", "backspace", "delete", "escape", … */
  | { readonly kind: "key"; readonly name: string };

const pasteEnd = "\x1b[201~";
/** A longer paste is cut: it is too long for a message, and must not fill the memory. */
export const maxPaste = 65_536;
/** Longer input is not an escape sequence. */
const maxSequence = 64;

const letters: Readonly<Record<string, string>> = {
  A: "up",
  B: "down",
  C: "right",
  D: "left",
  F: "end",
  H: "home",
  Z: "S-tab",
};

/** Reports of the terminal about its focus. */
const reports: Readonly<Record<string, string>> = { I: "focus-in", O: "focus-out" };

const numbers: Readonly<Record<string, string>> = {
  "1": "home",
  "2": "insert",
  "3": "delete",
  "4": "end",
  "5": "pageup",
  "6": "pagedown",
  "7": "home",
  "8": "end",
};

const controls: Readonly<Record<string, string>> = {
  "\r": "enter",
  "\n": "C-j",
  "\t": "tab",
  "\x1b": "escape",
  "\x7f": "backspace",
  "\b": "backspace",
  "\0": "C-space",
};

/** Reads the keys of one terminal. */
export class KeyReader {
  readonly #decoder = new TextDecoder();
  #input = "";
  /** The received part of a paste; undefined outside a paste. */
  #paste: string | undefined;

  /** Returns the keys that are complete now. */
  read(bytes: Uint8Array): Key[] {
    this.#input += this.#decoder.decode(bytes, { stream: true });
    const keys: Key[] = [];
    for (let key = this.#next(); key !== undefined; key = this.#next()) {
      const last = keys.at(-1);
      if (key === "none") continue;
      if (key.kind === "text" && last?.kind === "text") keys[keys.length - 1] = joinText(last, key);
      else keys.push(key);
    }
    return keys;
  }

  /** The input begins with ESC and is incomplete. A lone ESC is a key when nothing follows soon: see flush(). */
  get hasOpenSequence(): boolean {
    return this.#input.startsWith("\x1b") && this.#paste === undefined;
  }

  /** No more bytes follow soon: a lone ESC is a key. */
  flush(): Key[] {
    if (!this.hasOpenSequence) return [];
    const lone = this.#input === "\x1b";
    this.#input = "";
    return lone ? [{ kind: "key", name: "escape" }] : [];
  }

  /** Removes the next key from the input; undefined when it is incomplete, "none" for an unknown sequence. */
  #next(): Key | "none" | undefined {
    if (this.#paste !== undefined) return this.#readPaste();
    if (this.#input === "") return undefined;
    const first = this.#input.charAt(0);
    if (first === "\x1b") return this.#sequence();
    this.#input = this.#input.slice(first.length);
    const name = controlName(first);
    if (name !== undefined) return { kind: "key", name };
    return this.#text(first);
  }

  /** Everything up to the next control character. */
  #text(first: string): Key {
    // deno-lint-ignore no-control-regex -- keys are control characters
    const end = this.#input.search(/[\x00-\x1f\x7f]/);
    const more = end < 0 ? this.#input : this.#input.slice(0, end);
    this.#input = this.#input.slice(more.length);
    return { kind: "text", text: first + more };
  }

  #readPaste(): Key | undefined {
    const all = (this.#paste ?? "") + this.#input;
    const end = all.indexOf(pasteEnd);
    if (end < 0) {
      // The chunk can end inside the end sequence, so that many characters stay in the input.
      const safe = Math.max(0, all.length - pasteEnd.length);
      this.#paste = all.slice(0, Math.min(safe, maxPaste));
      this.#input = all.slice(safe);
      return undefined;
    }
    this.#paste = undefined;
    this.#input = all.slice(end + pasteEnd.length);
    const text = all.slice(0, Math.min(end, maxPaste)).replace(/\r\n?/g, "\n");
    return { kind: "paste", text, ...(end >= maxPaste && { cut: true }) };
  }

  #sequence(): Key | "none" | undefined {
    const second = this.#input.charAt(1);
    switch (second) {
      case "":
        return undefined;
      case "[":
        return this.#control();
      case "O":
        return this.#application();
      case "]":
      case "P":
      case "X":
      case "^":
      case "_":
        return this.#string();
      case "\x1b":
        return this.#meta();
    }
    const character = String.fromCodePoint(this.#input.codePointAt(1) ?? 0);
    this.#input = this.#input.slice(1 + character.length);
    return { kind: "key", name: `M-${controlName(character) ?? character}` };
  }

  /** ESC [ parameters letter. */
  #control(): Key | "none" | undefined {
    // deno-lint-ignore no-control-regex -- escape sequences begin with one
    const found = /^\x1b\[(\[?[0-9;:<=>?]*)[ -/]*([@-~])?/.exec(this.#input);
    const [all = "", parameters = "", final] = found ?? [];
    if (final === undefined && all === this.#input && all.length < maxSequence) return undefined;
    this.#input = this.#input.slice(all.length);
    const [number = "", modifier = ""] = parameters.split(";");
    if (final === "~" && number === "200") {
      this.#paste = "";
      return this.#readPaste() ?? "none";
    }
    const name = final === "~" ? numbers[number] : letters[all.slice(-1)] ?? reports[all.slice(2)];
    // ESC [ [ A is F1 on the Linux console.
    const isConsole = parameters.startsWith("[");
    return name === undefined || isConsole ? "none" : { kind: "key", name: modifiers(modifier) + name };
  }

  /** ESC O letter: a key in application mode. */
  #application(): Key | "none" | undefined {
    const letter = this.#input.charAt(2);
    if (letter === "") return undefined;
    this.#input = this.#input.slice(3);
    const name = letter === "M" ? "enter" : letters[letter];
    return name === undefined ? "none" : { kind: "key", name };
  }

  /** ESC before a sequence: some terminals send it for Alt with an arrow. */
  #meta(): Key | "none" | undefined {
    this.#input = this.#input.slice(1);
    const inner = this.#sequence();
    return typeof inner === "object" && inner.kind === "key"
      ? { kind: "key", name: `M-${inner.name}` }
      : inner;
  }

  /** An answer of the terminal (OSC, DCS, …): its background colour. Other answers are dropped. */
  #string(): Key | "none" | undefined {
    // deno-lint-ignore no-control-regex -- it ends in BEL or ESC \
    const end = /\x07|\x1b\\/.exec(this.#input.slice(2));
    if (end === null && this.#input.length < 4096) return undefined;
    const answer = this.#input.slice(2, 2 + (end?.index ?? 0));
    this.#input = end === null ? "" : this.#input.slice(2 + end.index + end[0].length);
    return background(answer) ?? "none";
  }
}

/** Reads the answer to OSC 11: "11;rgb:ffff/ffff/ffff", with one to four digits for each colour. */
function background(answer: string): Key | undefined {
  const colours = /^11;rgba?:([\da-f]+)\/([\da-f]+)\/([\da-f]+)/i.exec(answer)?.slice(1);
  if (colours === undefined) return undefined;
  const [red = 0, green = 0, blue = 0] = colours.map((digits) =>
    parseInt(digits, 16) / (16 ** digits.length - 1)
  );
  const isLight = 0.299 * red + 0.587 * green + 0.114 * blue > 0.5;
  return { kind: "key", name: isLight ? "background-light" : "background-dark" };
}

/** "C-", "M-" and "S-" for xterm's modifier number: a set of bits, plus one. */
function modifiers(parameter: string): string {
  const bits = Math.max(0, (parseInt(parameter, 10) || 1) - 1);
  return `${bits & 4 ? "C-" : ""}${bits & 2 ? "M-" : ""}${bits & 1 ? "S-" : ""}`;
}

/** The name of a control character: "C-a" for 1, "enter" for CR; undefined for text. */
function controlName(character: string): string | undefined {
  const known = controls[character];
  if (known !== undefined) return known;
  const code = character.charCodeAt(0);
  if (code >= 0x20) return undefined;
  return `C-${String.fromCharCode(code + (code < 0x1b ? 0x60 : 0x40)).toLowerCase()}`;
}

function joinText(one: Key & { kind: "text" }, other: Key & { kind: "text" }): Key {
  return { kind: "text", text: one.text + other.text };
}
