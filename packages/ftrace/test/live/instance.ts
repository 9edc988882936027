// A tracing instance of our own in the running kernel, and nothing else of tracing touched.
//
// A guardian makes it: a small shell in a session and a mount namespace of its own, so that neither a `^C` reaches it
// nor its mount of tracefs anybody else. It waits on a pipe that this process holds and removes the instance when the
// pipe closes: at `close`, at an exception, and also when this process is killed with -9, since a dead process holds
// no pipe. The mount goes with the guardian. Filters and enabled events go with the instance.

import { type ChildProcessByStdio, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { closeSync, existsSync, openSync, readFileSync, writeSync } from "node:fs";
import { join } from "node:path";
import type { Readable, Writable } from "node:stream";
import { isNeverToBeSent } from "./never-sent.js";

const TRACING = "/sys/kernel/tracing";

// $1: the instance's name. While the files of a dying process are being closed, `rmdir` finds it busy.
const GUARDIAN = `
trap '' INT TERM HUP
grep -q ' ${TRACING} tracefs ' /proc/self/mounts || mount -t tracefs tracefs ${TRACING} || exit 1
mkdir "${TRACING}/instances/$1" || exit 1
echo ready
cat > /dev/null
for again in $(seq 100); do
  rmdir "${TRACING}/instances/$1" 2> /dev/null && exit 0
  sleep 0.1
done
exit 1
`;

export type Opened =
  | { readonly kind: "ready"; readonly instance: TracingInstance }
  | { readonly kind: "unavailable"; readonly reason: string };

export async function openInstance(): Promise<Opened> {
  const name = `gatehouse-${process.pid}-${randomBytes(4).toString("hex")}`;
  const guardian = spawn(
    "unshare",
    ["--mount", "--propagation", "private", "sh", "-c", GUARDIAN, "guardian", name],
    { stdio: ["pipe", "pipe", "pipe"], detached: true },
  );
  const said = await firstWord(guardian);
  if (said === "ready") return { kind: "ready", instance: new TracingInstance(name, guardian) };
  return { kind: "unavailable", reason: `no tracing instance: ${said}` };
}

/** `ready`, or why not. */
function firstWord(guardian: Guardian): Promise<string> {
  let trouble = "";
  guardian.stderr.setEncoding("utf8").on("data", (part: string) => {
    trouble += part;
  });
  return new Promise((resolve) => {
    guardian.stdout.once("data", () => resolve("ready"));
    guardian.once("error", (error) => resolve(error.message));
    guardian.once("close", () => resolve(trouble.trim() || "the guardian ended"));
  });
}

type Guardian = ChildProcessByStdio<Writable, Readable, Readable>;

/** What came of one write to a filter file. */
export type Written = {
  readonly errno: number;
  /** The filter file afterwards. */
  readonly file: Buffer;
  /** What the write added to the error_log. */
  readonly log: Buffer;
};

export class TracingInstance {
  readonly name: string;
  readonly #guardian: Guardian;
  readonly #folder: string;

  constructor(name: string, guardian: Guardian) {
    this.name = name;
    this.#guardian = guardian;
    // The guardian's mount as seen from outside its namespace.
    this.#folder = `/proc/${guardian.pid}/root${TRACING}/instances/${name}`;
  }

  has(file: string): boolean {
    return existsSync(join(this.#folder, file));
  }

  read(file: string): Buffer {
    return readFileSync(join(this.#folder, file));
  }

  /** One write, which must succeed. */
  write(file: string, text: string): void {
    const errno = this.#write(file, Buffer.from(text));
    if (errno !== 0) throw new Error(`${file}: the kernel refused \`${text}\` with ${errno}`);
  }

  /** Events are named `sched/sched_switch`. */
  writeFilter(event: string, text: Buffer): Written {
    const file = `events/${event}/filter`;
    this.#empty("error_log");
    const errno = this.#write(file, text);
    return { errno, file: this.read(file), log: this.read("error_log") };
  }

  emptyTrace(): void {
    this.#empty("trace");
  }

  #empty(file: string): void {
    closeSync(openSync(join(this.#folder, file), "w"));
  }

  /** The errno. All that is written goes through here. */
  #write(file: string, text: Buffer): number {
    if (isNeverToBeSent(text))
      throw new Error(`never to be sent: ${JSON.stringify(text.toString("latin1"))}`);
    const opened = openSync(join(this.#folder, file), "r+");
    try {
      const written = writeSync(opened, text);
      if (written !== text.length) throw new Error(`${file}: ${written} of ${text.length} bytes were taken`);
      return 0;
    } catch (error) {
      return errnoOf(error);
    } finally {
      closeSync(opened);
    }
  }

  /** The guardian's exit code: 0 when the instance is gone. */
  close(): Promise<number | null> {
    const ended = new Promise<number | null>((resolve) => this.#guardian.once("close", resolve));
    this.#guardian.stdin.end();
    return ended;
  }
}

/** A refusal of the system; anything else is thrown on. */
function errnoOf(error: unknown): number {
  if (error instanceof Error && "errno" in error && typeof error.errno === "number") return -error.errno;
  throw error;
}
