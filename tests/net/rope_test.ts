import { assert, assertEquals } from "@std/assert";
import { Rope } from "../../lib/net/rope.ts";

const bytes = (text: string) => new TextEncoder().encode(text);
const text = (node: Rope) => new TextDecoder().decode(node.flatten());

Deno.test("Rope gives readers of the same chunks the same node and the same bytes", () => {
  const root = new Rope();
  const [tea, cake] = [bytes("tea "), bytes("cake ")];
  const ann = root.append(tea).append(cake);
  const bob = root.append(tea).append(cake);
  assert(ann === bob);
  assert(ann.flatten() === bob.flatten());
  assertEquals([text(ann), ann.bytes], ["tea cake ", 9]);
});

Deno.test("Rope separates readers with different chunks", () => {
  const root = new Rope();
  const [tea, cake, milk] = [bytes("tea "), bytes("cake "), bytes("milk ")];
  const ann = root.append(tea).append(cake).append(milk);
  const bob = root.append(tea).append(milk);
  const cat = root.append(milk);
  assertEquals([ann, bob, cat].map(text), ["tea cake milk ", "tea milk ", "milk "]);
});

Deno.test("Rope flattens a node after one of its parents", () => {
  const tea = new Rope().append(bytes("tea "));
  const cake = tea.append(bytes("cake "));
  const milk = cake.append(bytes("milk "));
  assertEquals([cake, milk, tea].map(text), ["tea cake ", "tea cake milk ", "tea "]);
});

Deno.test("Rope does not copy a single chunk, and its root is empty", () => {
  const tea = bytes("tea ");
  assert(new Rope().append(tea).flatten() === tea);
  assertEquals(new Rope().flatten(), new Uint8Array(0));
});

Deno.test("Rope serves several recipient profiles in turn and still shares their nodes", () => {
  const root = new Rope();
  const nodes = Array.from({ length: 30 }, () => root);
  for (let line = 0; line < 5; line++) {
    const kinds = ["plain", "tagged", "framed"].map((kind) => bytes(`${kind} ${line}\n`));
    nodes.forEach((node, reader) => nodes[reader] = node.append(kinds[reader % 3] ?? new Uint8Array(0)));
  }
  assertEquals(new Set(nodes.map((node) => node.flatten())).size, 3);
});

Deno.test("Rope releases its child nodes, and their holders keep the bytes", () => {
  const root = new Rope();
  const tea = bytes("tea ");
  const held = root.append(tea).append(bytes("cake "));
  root.forget();
  const fresh = root.append(tea);
  assertEquals([text(held), text(fresh)], ["tea cake ", "tea "]);
});
