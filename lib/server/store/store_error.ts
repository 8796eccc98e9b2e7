/** Why the store cannot be used, as one sentence for the person who started the server. */
export class StoreError extends Error {
  override readonly name = "StoreError";
}
