/** An action of the person cannot be done; the message is a sentence that says why. */
export class ActionError extends Error {
  override readonly name = "ActionError";
}
