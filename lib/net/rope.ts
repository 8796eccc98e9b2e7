/** What connections have yet to send, as one shared tree of chunks. All connections that were given the same chunks since they were last
 *  empty hold the same node, so a delivery is a pointer step and `flatten` joins the bytes once for all of them. */

const MAX_SEARCHED = 8;

/** One node: all the chunks from the root to here, in order. Never changes in meaning; a new `Rope()` is the empty root. */
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
    this.bytes = parent === undefined ? 0 : parent.bytes + (chunk?.length ?? 0);
  }

  /** The node that has `chunk` after all of this one's; the same node for the same chunk object while it is among the newest few. */
  append(chunk: Uint8Array): Rope {
    let child = this.#newestChild;
    for (let i = 0; child !== undefined && i < MAX_SEARCHED; i++) {
      if (child.#chunk === chunk) return child;
      child = child.#olderSibling;
    }
    const next = new Rope(this, chunk);
    next.#olderSibling = this.#newestChild;
    this.#newestChild = next;
    return next;
  }

  /** All bytes from the root to here, joined at the first call and kept as long as this node is. Not to be written to. */
  flatten(): Uint8Array {
    if (this.#flat !== undefined) return this.#flat;
    const flat = this.#join();
    this.#parent = undefined;
    return this.#flat = flat;
  }

  #join(): Uint8Array {
    const chunk = this.#chunk;
    if (chunk?.length === this.bytes) return chunk;
    const flat = new Uint8Array(this.bytes);
    if (chunk !== undefined) flat.set(chunk, this.bytes - chunk.length);
    for (let node = this.#parent; node !== undefined; node = node.#parent) {
      if (node.#flat !== undefined) {
        flat.set(node.#flat);
        break;
      }
      if (node.#chunk !== undefined) flat.set(node.#chunk, node.bytes - node.#chunk.length);
    }
    return flat;
  }

  /** Lets go of all nodes below: who holds one keeps it, nobody finds it from here. */
  forget(): void {
    this.#newestChild = undefined;
  }
}
