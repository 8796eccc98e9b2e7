/** The emoji picker: a search box and a grid, beside the button that opens it. */
/// <reference lib="dom" />
import { emoji } from "../text/emoji.ts";
import { element } from "./element.ts";
import { onKeyPress } from "./key_press.ts";

let open: HTMLElement | undefined;

/** Opens the picker beside an element; `onPick` is called at most once. Escape and a click elsewhere close it. */
export function pickEmoji(beside: HTMLElement, onPick: (emoji: string) => void): void {
  const wasOpen = open !== undefined;
  close();
  if (wasOpen && beside.getAttribute("aria-expanded") === "true") {
    return beside.setAttribute("aria-expanded", "false");
  }
  const grid = element("div", { role: "group", "aria-label": "Emoji" });
  const search = element("input", {
    type: "search",
    placeholder: "Search emoji",
    "aria-label": "Search emoji",
  });
  const fill = () => grid.replaceChildren(...emojiButtons(search.value, done));
  const done = (sign: string) => {
    close();
    beside.focus();
    onPick(sign);
  };
  search.addEventListener("input", fill);
  open = element("div", { class: "picker", role: "dialog", "aria-label": "Emoji" }, search, grid);
  onKeyPress(open, (event) => {
    if (event.key === "Enter" && event.target === search) {
      // Otherwise the message box, which gets the focus, takes this key as a new line.
      event.preventDefault();
      (grid.firstElementChild as HTMLElement | null)?.click();
    }
    moveFocus(grid, event);
    if (event.key !== "Escape") return;
    close();
    beside.focus();
  });
  fill();
  document.body.append(open);
  place(open, beside);
  beside.setAttribute("aria-expanded", "true");
  search.focus();
  setTimeout(() => document.addEventListener("click", closeOutside), 0);
}

/** A button for each emoji whose name contains the searched words. */
function emojiButtons(searched: string, done: (sign: string) => void): HTMLElement[] {
  const wanted = searched.trim().toLowerCase().replaceAll(" ", "_");
  return [...emoji].filter(([name]) => name.includes(wanted)).map(([name, sign]) =>
    element(
      "button",
      { type: "button", title: name, "aria-label": name, click: () => done(sign) },
      sign,
    )
  );
}

/** Arrow keys move the focus in the grid; ↓ moves it there from the search box. */
function moveFocus(grid: HTMLElement, event: KeyboardEvent): void {
  const signs = [...grid.children] as HTMLElement[];
  const at = signs.findIndex((sign) => sign === document.activeElement);
  const columns = getComputedStyle(grid).gridTemplateColumns.split(" ").length;
  if (at < 0 && event.key !== "ArrowDown") return;
  const steps: Readonly<Record<string, number>> = {
    ArrowLeft: -1,
    ArrowRight: 1,
    ArrowUp: -columns,
    ArrowDown: at < 0 ? 1 : columns,
  };
  const next = signs[at + (steps[event.key] ?? NaN)];
  if (next === undefined) return;
  event.preventDefault();
  next.focus();
}

function place(picker: HTMLElement, beside: HTMLElement): void {
  const at = beside.getBoundingClientRect();
  const { offsetWidth: width, offsetHeight: height } = picker;
  const { style } = picker;
  style.left = `${Math.max(4, Math.min(at.left, innerWidth - width - 4))}px`;
  // Above the button, the lower edge stays in place while a search makes the grid smaller.
  if (at.top > height + 8) style.bottom = `${innerHeight - at.top + 4}px`;
  else style.top = `${Math.min(at.bottom + 4, innerHeight - height - 4)}px`;
}

function closeOutside(event: Event): void {
  if (event.target instanceof Node && !open?.contains(event.target)) close();
}

function close(): void {
  document.removeEventListener("click", closeOutside);
  for (const button of document.querySelectorAll('[aria-expanded="true"]')) {
    if (!button.classList.contains("narrow")) button.setAttribute("aria-expanded", "false");
  }
  open?.remove();
  open = undefined;
}
