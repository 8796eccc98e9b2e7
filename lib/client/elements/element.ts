/** Creates and finds elements. Text is always text: nothing here accepts HTML. */
/// <reference lib="dom" />

/** Attributes of a new element; a function is an event listener, `true` an empty attribute, undefined no attribute. */
export type Attributes = Readonly<Record<string, string | boolean | undefined | ((event: Event) => void)>>;

/** A new element. */
export function element<Name extends keyof HTMLElementTagNameMap>(
  name: Name,
  attributes: Attributes = {},
  ...children: (Node | string)[]
): HTMLElementTagNameMap[Name] {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (typeof value === "function") made.addEventListener(key, value);
    else if (value === true) made.setAttribute(key, "");
    else if (typeof value === "string") made.setAttribute(key, value);
  }
  made.append(...children);
  return made;
}

/** The element of the page with this id; throws a RangeError when index.html has none. */
export function byId<Made extends HTMLElement = HTMLElement>(id: string): Made {
  const found = document.getElementById(id);
  if (found === null) throw new RangeError(`Cannot find "#${id}" in the page`);
  return found as Made;
}
