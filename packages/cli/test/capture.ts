// What the command prints and with which code it would end, in this process: a process for each case takes its time.

export type Captured = { readonly code: number; readonly out: string; readonly err: string };

export async function capture(run: () => Promise<void>): Promise<Captured> {
  const { stdout, stderr } = process;
  const [writeOut, writeErr] = [stdout.write, stderr.write];
  let [out, err] = ["", ""];
  stdout.write = (part: string | Uint8Array) => {
    out += part;
    return true;
  };
  stderr.write = (part: string | Uint8Array) => {
    err += part;
    return true;
  };
  try {
    await run();
    return { code: Number(process.exitCode ?? 0), out, err };
  } finally {
    stdout.write = writeOut;
    stderr.write = writeErr;
    process.exitCode = undefined;
  }
}
