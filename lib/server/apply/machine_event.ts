/** What can happen to the machines of a chat; a part of event.ts. */

/** A machine takes people in, or is gone and its people with it. */
export type MachineEvent =
  | { readonly kind: "machine joined"; readonly machine: string }
  /** `reason` is what its people quit with. */
  | { readonly kind: "machine lost"; readonly machine: string; readonly reason: string };
