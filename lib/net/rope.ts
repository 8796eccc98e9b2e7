/**
 * The unsent bytes of all connections, as one shared tree of chunks. Connections that got the same chunks since they
 * were last empty share a node: a delivery is a pointer step, and the bytes are joined once for all of them.
 *
 * A node searches its newest few children for a chunk, so recipients with different profiles, which get different
 * chunks in turn, do not displace each other. Measured alternatives: one child per node (99 readers of 3 profiles then
 * join their bytes 99 times instead of 3, at three times the cost), one root per profile (as fast as this, but the hub
 * must know it) and a map of children (as fast, and larger).
 */

/** A broadcast appends one chunk per recipient profile. Older children are not found, which only costs a copy. */
const maxSearched = 8;

/** Joined bytes are cut from a larger piece of memory: an allocation for each costs more than filling it. */
const pieceBytes = 65_536;
let piece = new Uint8Array(0);
let usedBytes = 0;

/** One node: all chunks from the root to here, in order; it never changes. `new Rope()` is an empty root. */
export class Rope {
  /** Bytes of all chunks from the root to here. */
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

  /**
   * The node with `chunk` after all chunks of this one: the same node for the same chunk, while it is among the
   * newest.
   */
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

  /** All bytes from the root to here, joined at the first call and then stored in this node. Do not write to them. */
  flatten(): Uint8Array {
    this.#flat ??= this.#join();
    // These bytes no longer need the nodes above.
    this.#parent = undefined;
    return this.#flat;
  }

  /** Releases all child nodes; the connections that hold them keep them alive. */
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

/** A slow reader keeps the whole piece in memory, so large bytes get their own memory. */
function room(bytes: number): Uint8Array {
  if (bytes > pieceBytes / 4) return new Uint8Array(bytes);
  if (usedBytes + bytes > piece.length) {
    piece = new Uint8Array(pieceBytes);
    usedBytes = 0;
  }
  usedBytes += bytes;
  return piece.subarray(usedBytes - bytes, usedBytes);
}
