/** The dark and the light theme, and the button that switches between them. The colours are in style.css. */
/// <reference lib="dom" />
import { byId } from "../elements/element.ts";
import { storedTheme, storeTheme } from "./preferences.ts";

/** Shows the theme of the last visit and makes the button work. */
export function installTheme(): void {
  const button = byId("theme");
  let theme = storedTheme();
  const show = () => {
    document.documentElement.dataset["theme"] = theme;
    button.setAttribute("aria-pressed", String(theme === "light"));
  };
  show();
  button.addEventListener("click", () => {
    theme = theme === "light" ? "dark" : "light";
    storeTheme(theme);
    show();
  });
}
