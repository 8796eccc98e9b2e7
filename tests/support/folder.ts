/** A folder of its own for a test, gone with the scope it is made in: `using place = temporaryFolder()`. */
export interface TemporaryFolder extends Disposable {
  readonly folder: string;
}

/** Makes it. */
export function temporaryFolder(): TemporaryFolder {
  const folder = Deno.makeTempDirSync({ prefix: "parley-test-" });
  return { folder, [Symbol.dispose]: () => Deno.removeSync(folder, { recursive: true }) };
}
