/** The events of the machines of a chat; a part of event.ts. */

/** A machine joined the chat, is suspected, was heard, or was lost with its users. */
export type MachineEvent =
  | { readonly kind: "machine joined"; readonly machine: string }
  /** Another machine cannot hear it. */
  | { readonly kind: "machine suspected"; readonly machine: string }
  /** It said that it is alive, or a machine that hears it did. */
  | { readonly kind: "machine heard"; readonly machine: string }
  /** Its users quit with `reason`. */
  | {
    readonly kind: "machine lost";
    readonly machine: string;
    readonly reason: string;
    /** The stamp of the suspicion that had no answer. Without it the machine says this about itself. */
    readonly suspectedAt?: number;
  };
