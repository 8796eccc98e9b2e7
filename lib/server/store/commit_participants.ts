/** The parts of the store that collect rows until the commit of the tick, such as history and accounts. */

/** An object that collects rows until the commit of the tick. Only `write` can throw. */
export interface CommitParticipant {
  /** The number of statements that `write` will run, or more. */
  readonly statements: number;
  /** The characters of the rows that are not written. */
  readonly bytes: number;
  /** Writes the rows. */
  write(): void;
  /** All rows are written; the database keeps them until they are saved. */
  written(): void;
  /** `write` failed, and none of the rows are written. */
  rolledBack(): void;
}

/** All participants of a database, in their order. */
export class CommitParticipants {
  readonly #all: CommitParticipant[] = [];

  add(participant: CommitParticipant): void {
    this.#all.push(participant);
  }

  /** See CommitParticipant; of all together. */
  get statements(): number {
    let sum = 0;
    for (const { statements } of this.#all) sum += statements;
    return sum;
  }

  /** See CommitParticipant; of all together. */
  get bytes(): number {
    return this.#all.reduce((sum, { bytes }) => sum + bytes, 0);
  }

  /** Writes the rows of all. */
  readonly write = (): void => {
    for (const participant of this.#all) participant.write();
    for (const participant of this.#all) participant.written();
  };

  /** A write failed, and none of the rows are written. */
  rolledBack(): void {
    for (const participant of this.#all) participant.rolledBack();
  }
}
