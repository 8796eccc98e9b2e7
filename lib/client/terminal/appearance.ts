/** Decides how text looks in a terminal, from the flags and the environment: how many colours, and for which background. */

/** How many colours a terminal shows. "none" also means no bold and no underline. */
export type ColorDepth = "none" | "16" | "256" | "truecolor";

/** The look of text in a terminal. */
export interface Appearance {
  readonly depth: ColorDepth;
  /** The kind of background. */
  readonly theme: "dark" | "light";
}

/** The values of --color. */
export type ColorChoice = "auto" | "always" | "never";

type Environment = Readonly<Record<string, string | undefined>>;

/** The appearance for these flags and this environment. */
export function appearanceFor(
  { color, theme }: { readonly color: ColorChoice; readonly theme: Appearance["theme"] | undefined },
  isTerminal: boolean,
  environment: Environment,
): Appearance {
  return { depth: colorDepth(color, isTerminal, environment), theme: theme ?? themeOf(environment) };
}

/** The depth for --color and the environment. NO_COLOR wins over everything except --color. */
export function colorDepth(choice: ColorChoice, isTerminal: boolean, environment: Environment): ColorDepth {
  const { NO_COLOR, FORCE_COLOR, CLICOLOR_FORCE, COLORTERM = "", TERM = "" } = environment;
  if (choice === "never") return "none";
  const forced = choice === "always" || (!NO_COLOR && (isOn(FORCE_COLOR) || isOn(CLICOLOR_FORCE)));
  if (!forced && (NO_COLOR || !isTerminal || TERM === "dumb" || TERM === "")) return "none";
  if (/^(truecolor|24bit)$/i.test(COLORTERM) || /-direct$|^xterm-(kitty|ghostty)$/.test(TERM)) {
    return "truecolor";
  }
  return /256color$/.test(TERM) ? "256" : "16";
}

function isOn(value: string | undefined): boolean {
  return value !== undefined && value !== "" && value !== "0";
}

/** The theme for COLORFGBG, which some terminals set to their colours: "0;15" has a light background. */
export function themeOf(environment: Environment): Appearance["theme"] {
  const background = Number(/;(\d+)$/.exec(environment["COLORFGBG"] ?? "")?.[1] ?? 0);
  return background === 7 || background === 15 ? "light" : "dark";
}
