/** The events of the machines of a chat; a part of event.ts. */

/** A machine joined the chat, or was lost with its users. */
export type MachineEvent =
  | { readonly kind: "machine joined"; readonly machine: string }
  /** Its users quit with `reason`. */
  | { readonly kind: "machine lost"; readonly machine: string; readonly reason: string };
