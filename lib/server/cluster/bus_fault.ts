/**
 * The faults of the bus of many machines, and the sentences about each for people and operators. nats_faults.ts finds
 * the fault behind an error of NATS. This file is pure, so that a single server does not load the code of NATS.
 */

/** A reason why an event was not ordered, or a file not stored. */
export type BusFault =
  /** There is no connection to NATS. `refusal`: the words with which NATS refuses one, if it does. */
  | { readonly kind: "unreachable"; readonly refusal?: string | undefined }
  /** This machine lacks events, and takes the data of another machine. */
  | { readonly kind: "rejoining" }
  /** NATS answers, but its stream does not: a full disk of some versions looks like this, or a cluster without leader. */
  | { readonly kind: "no answer" }
  /** The stream is another one than before. */
  | { readonly kind: "data lost" }
  /** NATS says that it has no space. */
  | { readonly kind: "no space"; readonly detail: string }
  /** NATS says that its disk fails in another way: it is read-only, broken, or no file can be opened. */
  | { readonly kind: "disk fails"; readonly detail: string }
  /** NATS says that this cannot work as it is set up. */
  | { readonly kind: "not set up"; readonly detail: string }
  /** The event is larger than a message of NATS can be. Both in bytes. */
  | { readonly kind: "too large"; readonly bytes: number; readonly maxBytes: number };

/** The sentence for people whose command or message is refused; everybody reads it when the fault begins. */
export function peopleSentence(fault: BusFault): string {
  const refused = "your messages and commands are refused until they can";
  switch (fault.kind) {
    case "unreachable":
      return `The servers cannot reach each other; ${refused}`;
    case "rejoining":
      return `This server takes the data of the other servers again; your messages and commands are refused until it has them`;
    case "no answer":
      return `The servers cannot save messages now: NATS, which connects them, does not answer, or its disk is full; ${refused}`;
    case "data lost":
      return `The servers cannot save messages now: NATS, which connects them, lost its data; ${refused}`;
    case "no space":
      return `The servers cannot save messages now: NATS, which connects them, has no space left; ${refused}`;
    case "disk fails":
      return `The servers cannot save messages now: NATS, which connects them, cannot write to its disk; ${refused}`;
    case "not set up":
      return `The servers cannot save messages now: NATS, which connects them, is not set up for it; ${refused}`;
    case "too large":
      return `This is too large: on its way to the other servers it has ${fault.bytes} bytes, and they accept ${fault.maxBytes}; send it in parts, or share a file`;
  }
}

/** The sentence for people when they can talk again. */
export function endSentence(fault: BusFault): string {
  if (fault.kind === "rejoining") return "This server has the data of the other servers";
  return fault.kind === "unreachable"
    ? "The servers reach each other again"
    : "The servers can save messages again";
}

/** The sentence for a person whose file could not be stored for the other machines. */
export function fileSentence(fault: BusFault): string {
  const failed = "Cannot share the file: ";
  switch (fault.kind) {
    case "unreachable":
      return `${failed}the servers cannot reach each other; try again later`;
    case "rejoining":
      return `${failed}the server takes its data from the other servers; try again later`;
    case "no answer":
      return `${failed}NATS, which stores it for all servers, does not answer, or its disk is full; try again later`;
    case "data lost":
      return `${failed}NATS, which stores it for all servers, lost its data; try again later`;
    case "no space":
      return `${failed}NATS, which stores it for all servers, has no space left; try again later`;
    case "disk fails":
      return `${failed}NATS, which stores it for all servers, cannot write to its disk; try again later`;
    case "not set up":
      return `${failed}NATS, which stores it for all servers, is not set up for it; tell an operator`;
    case "too large":
      return `${failed}its name or type is too long`;
  }
}

/** The sentence for operators: the fault, and what they can do. */
export function operatorSentence(fault: BusFault): string {
  switch (fault.kind) {
    case "unreachable":
      return fault.refusal === undefined
        ? "Cannot reach NATS: messages are refused until the connection is back"
        : `${refusedSentence(fault.refusal)}; messages are refused until it accepts this machine`;
    case "rejoining":
      return "This machine takes the data of another machine, because it lacks events: messages are refused until it has them";
    case "no answer":
      return "NATS is connected but does not save events: its disk is full, it is overloaded, or its servers have no leader. " +
        "Free space on the disk of NATS; if the chat does not continue within a minute, restart nats-server";
    case "data lost":
      return "NATS has another stream than before: somebody deleted it, or NATS lost its data. The machines join again";
    case "no space":
      return `NATS refuses to save: ${fault.detail}. Free space on the disk of NATS, or raise max_file_store or the limit ` +
        "of its account; if the chat does not continue within a minute, restart nats-server";
    case "disk fails": {
      const isLimit = fault.detail.includes("too many open files");
      const advice = isLimit
        ? 'Raise its limit of open files ("ulimit -n", or LimitNOFILE= in the systemd unit)'
        : "Check the disk of NATS";
      return `NATS cannot write to its disk: ${fault.detail}. ${advice}; if the chat does not continue within a minute, ` +
        "restart nats-server";
    }
    case "not set up":
      return `NATS refuses to save: ${fault.detail}`;
    case "too large":
      return `An event of ${fault.bytes} bytes was refused: NATS accepts ${fault.maxBytes} (max_payload of NATS, or ` +
        "max_msg_size or max_bytes of its stream PARLEY)";
  }
}

/** For operators, and for the person who starts a server: NATS is running and refuses the connection. */
export function refusedSentence(refusal: string): string {
  const advice = /connections/.test(refusal)
    ? "Raise max_connections in the configuration of nats-server or of its account"
    : 'Give --nats the user and password that nats-server expects ("nats://USER:PASSWORD@HOST")';
  return `NATS refuses the connection (${refusal}). ${advice}`;
}
