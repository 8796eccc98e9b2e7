/** The cases of tests/vectors/search.json: whether a search finds a message. */
import cases from "../vectors/search.json" with { type: "json" };

/** One case. */
export type SearchCase = readonly [kind: string, text: string, query: string, found: boolean];

/** All cases, by script or kind. */
export const searchCases = cases as unknown as readonly SearchCase[];
