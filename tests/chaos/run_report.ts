/**
 * The report of a chaos run: lines with their time, the broken promises of each figure as sentences, and the logs of a run
 * that failed.
 */

/** The report of one run; it prints each line at once. */
export class RunReport {
  readonly #startedMs = performance.now();
  readonly #lines: string[] = [];
  readonly #found = new Map<string, string[]>();

  /** Prints a line. */
  say(words: string): void {
    const line = `${((performance.now() - this.#startedMs) / 1000).toFixed(1).padStart(6)} s  ${words}\n`;
    this.#lines.push(line);
    Deno.stdout.writeSync(new TextEncoder().encode(line));
  }

  /** Adds broken promises to a figure; a figure that was checked and has none is 0. */
  note(figure: string, sentences: readonly string[]): void {
    this.#found.set(figure, [...this.#found.get(figure) ?? [], ...sentences]);
  }

  get isEmpty(): boolean {
    return [...this.#found.values()].every((all) => all.length === 0);
  }

  /** "lost 0, doubled 0" */
  figures(): string {
    return [...this.#found].map(([name, all]) => `${name} ${all.length}`).join(", ");
  }

  /** The first sentences of each figure that is not 0. */
  shown(): Record<string, string[]> {
    const broken = [...this.#found].filter(([, all]) => all.length > 0);
    return Object.fromEntries(broken.map(([name, all]) => [name, all.slice(0, shownSentences)]));
  }

  /** Writes these texts, the lines and all sentences to a new folder, and says where. */
  keep(texts: Readonly<Record<string, string>>): void {
    const folder = Deno.makeTempDirSync({ prefix: "parley-chaos-" });
    const all = {
      ...texts,
      "run.log": this.#lines.join(""),
      "found.json": JSON.stringify(Object.fromEntries(this.#found), undefined, 2),
    };
    for (const [name, text] of Object.entries(all)) Deno.writeTextFileSync(`${folder}/${name}`, text);
    this.say(`logs are in ${folder}`);
  }
}

const shownSentences = 10;
