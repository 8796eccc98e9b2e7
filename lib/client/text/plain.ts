/**
 * Makes text from the network safe to show: a character that is invisible, moves the cursor, changes the direction of
 * writing or covers its neighbours is replaced by a visible one. Every message, name, topic and error passes through
 * plain() before a UI shows it. Emoji stay, and so do the joiners that some scripts need between letters.
 */

/** Scripts whose spelling uses the zero-width joiner and non-joiner between letters. */
const joiningScripts =
  "\\p{Script=Arabic}\\p{Script=Syriac}\\p{Script=Devanagari}\\p{Script=Bengali}\\p{Script=Gurmukhi}\\p{Script=Gujarati}" +
  "\\p{Script=Oriya}\\p{Script=Tamil}\\p{Script=Telugu}\\p{Script=Kannada}\\p{Script=Malayalam}\\p{Script=Sinhala}" +
  "\\p{Script=Khmer}\\p{Script=Mongolian}";

/** Visible format characters: they surround numbers. */
const visibleFormat = "\\u{600}-\\u{605}\\u{6DD}\\u{70F}\\u{890}\\u{891}\\u{8E2}\\u{110BD}\\u{110CD}";

const invisible =
  `[[\\p{Cc}\\p{Cf}\\p{Cs}\\p{Zl}\\p{Zp}\\p{Noncharacter_Code_Point}\\p{Default_Ignorable_Code_Point}]--[${visibleFormat}]]`;
const mark = "[\\p{M}--\\p{Default_Ignorable_Code_Point}]";

/** More marks on one letter are cut off: no spelling needs them, and they cover other lines. */
const maxMarks = 4;

const harmless = /^[\x20-\x7e]*$/;
const suspect = new RegExp(
  [
    "(?<allowed>\\p{RGI_Emoji}|\\p{Extended_Pictographic}[\\u{FE0E}\\u{FE0F}]" +
    `|(?<=[${joiningScripts}]\\p{M}*)[\\u{200C}\\u{200D}](?=[${joiningScripts}]))`,
    `(?<invisible>${invisible})`,
    `(?<leading>^${mark})`,
    `(?<excess>(?<=${mark}{${maxMarks}})${mark}+)`,
  ].join("|"),
  "gv",
);

/** `text` without anything that a terminal or a page would act on; a tab becomes a space, a newline becomes visible. */
export function plain(text: string): string {
  if (harmless.test(text)) return text;
  return text.replace(suspect, (match: string, ...rest: unknown[]) => {
    const groups = rest.at(-1) as Record<string, string | undefined>;
    if (groups["allowed"] !== undefined) return match;
    if (groups["leading"] !== undefined) return `◌${match}`;
    return groups["excess"] === undefined ? visibleForm(match) : "\u{FFFD}";
  });
}

/** A name as one word: like plain(), and without any kind of space. */
export function plainName(name: string): string {
  return harmless.test(name) && !name.includes(" ") ? name : plain(name).replace(/\p{Z}/gu, "␣");
}

/** The control pictures for C0 and DEL, as "␛" for ESC; the replacement character for others. */
function visibleForm(character: string): string {
  const code = character.charCodeAt(0);
  if (code === 0x09) return " ";
  if (code < 0x20) return String.fromCharCode(0x2400 + code);
  return code === 0x7f ? "␡" : "\u{FFFD}";
}
