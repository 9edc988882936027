// What the command prints and with which code it would end, in this process: a process for each case takes its time.

export type Captured = { readonly code: number; readonly out: string; readonly err: string };

export async function capture(run: () => Promise<void>): Promise<Captured> {
  const { stdout, stderr } = process;
  const [writeOut, writeErr] = [stdout.write, stderr.write];
  let [out, err] = ["", ""];
  stdout.write = taking((part) => (out += part));
  stderr.write = taking((part) => (err += part));
  try {
    await run();
    return { code: Number(process.exitCode ?? 0), out, err };
  } finally {
    stdout.write = writeOut;
    stderr.write = writeErr;
    process.exitCode = undefined;
  }
}

/** A stream's `write`, which says at once that it is done. */
function taking(take: (part: string) => void): typeof process.stdout.write {
  return (part: string | Uint8Array, ...others: readonly unknown[]) => {
    take(typeof part === "string" ? part : Buffer.from(part).toString("utf8"));
    const done = others.at(-1);
    if (typeof done === "function") done();
    return true;
  };
}
