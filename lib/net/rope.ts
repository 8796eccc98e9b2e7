/**
 * What connections have yet to send, as one shared tree of chunks. Connections that were given the same chunks since
 * they were last empty hold the same node: a delivery is a pointer step, and the bytes are joined once for all.
 *
 * A node looks for the chunk among its newest few children, so readers of different kinds, who are given different
 * chunks in turn, do not push each other out. Measured beside one remembered child for each node (99 readers of 3
 * kinds then join their bytes 99 times in place of 3, at three times the cost), one root for each kind (as fast as
 * this, but the hub must know of it) and a map of children (as fast, and larger).
 */

/** A broadcast appends one chunk for each kind of reader; older children are found no more, which costs a copy only. */
const maxSearched = 8;

/** Joined bytes are cut from a larger piece of memory, as making a small one for each costs more than filling it. */
const pieceBytes = 65_536;
let piece = new Uint8Array(0);
let usedBytes = 0;

/** One node: all chunks from the root to here, in order, for ever. `new Rope()` is an empty root. */
export class Rope {
  /** Of all chunks from the root to here. */
  readonly bytes: number;
  #parent: Rope | undefined;
  #chunk: Uint8Array | undefined;
  #flat: Uint8Array | undefined;
  #newestChild: Rope | undefined;
  #olderSibling: Rope | undefined;

  constructor(parent?: Rope, chunk?: Uint8Array) {
    this.#parent = parent;
    this.#chunk = chunk;
    this.bytes = parent === undefined || chunk === undefined ? 0 : parent.bytes + chunk.length;
  }

  /** The node that has `chunk` after all of this one's: the same node for the same chunk, while it is among the newest. */
  append(chunk: Uint8Array): Rope {
    let child = this.#newestChild;
    for (let i = 0; child !== undefined && i < maxSearched; i++) {
      if (child.#chunk === chunk) return child;
      child = child.#olderSibling;
    }
    const next = new Rope(this, chunk);
    next.#olderSibling = this.#newestChild;
    this.#newestChild = next;
    return next;
  }

  /** All bytes from the root to here, joined at the first call and kept as long as this node is. Never written to. */
  flatten(): Uint8Array {
    this.#flat ??= this.#join();
    // The nodes above are not needed for these bytes any more.
    this.#parent = undefined;
    return this.#flat;
  }

  /** Lets go of all nodes below, which live on only in who holds them. */
  forget(): void {
    this.#newestChild = undefined;
  }

  #join(): Uint8Array {
    const chunk = this.#chunk;
    if (chunk === undefined) return new Uint8Array(0);
    if (chunk.length === this.bytes) return chunk;
    const flat = room(this.bytes);
    flat.set(chunk, this.bytes - chunk.length);
    for (let node = this.#parent; node !== undefined; node = node.#parent) {
      if (node.#flat !== undefined) {
        flat.set(node.#flat);
        break;
      }
      if (node.#chunk !== undefined) flat.set(node.#chunk, node.bytes - node.#chunk.length);
    }
    return flat;
  }
}

/** A reader that is stuck keeps the whole piece alive, so what is large gets memory of its own. */
function room(bytes: number): Uint8Array {
  if (bytes > pieceBytes / 4) return new Uint8Array(bytes);
  if (usedBytes + bytes > piece.length) {
    piece = new Uint8Array(pieceBytes);
    usedBytes = 0;
  }
  usedBytes += bytes;
  return piece.subarray(usedBytes - bytes, usedBytes);
}
