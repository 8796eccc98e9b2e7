/** Why something cannot be done, in a sentence for the person who asked. */
export class ActionError extends Error {
  override readonly name = "Refusal";
}
