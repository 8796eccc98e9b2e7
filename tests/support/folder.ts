/** A folder for one test, deleted at the end of its scope: `using place = temporaryFolder()`. */
export interface TemporaryFolder extends Disposable {
  readonly folder: string;
}

/** Makes it. */
export function temporaryFolder(): TemporaryFolder {
  const folder = Deno.makeTempDirSync({ prefix: "parley-test-" });
  return { folder, [Symbol.dispose]: () => Deno.removeSync(folder, { recursive: true }) };
}
