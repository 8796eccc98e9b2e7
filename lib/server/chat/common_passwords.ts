/**
 * The passwords that attackers try first. The list is the ranked one of zxcvbn-ts; it is loaded for the first new
 * password, because it needs some megabytes.
 */

/** The number of passwords of the list that are refused, from the most common one on. */
const refused = 10_000;

let loading: Promise<ReadonlySet<string>> | undefined;

/** Whether a password is one of the 10,000 most common ones, in upper or lower case. */
export async function isCommonPassword(password: string): Promise<boolean> {
  // A failed load is tried again, because a lack of file descriptors ends.
  loading ??= load().catch((error) => {
    loading = undefined;
    throw error;
  });
  return (await loading).has(password.toLowerCase());
}

async function load(): Promise<ReadonlySet<string>> {
  const { dictionary } = await import("@zxcvbn-ts/language-common");
  return new Set(dictionary["passwords-common"].slice(0, refused));
}
