/** The version of both programs. */

/** Semantic version, changed at each release. */
export const version = "0.1.0";
