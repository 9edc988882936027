// What the kernel would hold for a task: one bit per system call, up to the highest number of its table.

export type Bitmask = {
  /** How many bits the mask has. A number past its end is refused. */
  readonly length: number;
  /** Bit n, low bit first: call n is allowed. */
  readonly words: Uint32Array;
};

export function emptyMask(length: number): Bitmask {
  return { length, words: new Uint32Array((length + 31) >>> 5) };
}

export function allow({ words }: Bitmask, nr: number): void {
  words[nr >>> 5] = (words[nr >>> 5] ?? 0) | (1 << (nr & 31));
}

export function isAllowed({ length, words }: Bitmask, nr: number): boolean {
  return nr < length && (((words[nr >>> 5] ?? 0) >>> (nr & 31)) & 1) === 1;
}

/** No table of system calls is longer. */
export const MAX_LENGTH = 4095;

export function fromBytes(length: number, bytes: Uint8Array): Bitmask {
  const mask = emptyMask(length);
  for (let nr = 0; nr < length; nr++) if (((bytes[nr >>> 3] ?? 0) >>> (nr & 7)) & 1) allow(mask, nr);
  return mask;
}
