// One bit a row, low bit first: Arrow's layout, and the form in which every back-end answers.

export class Bitset {
  readonly length: number;
  readonly words: Uint32Array;

  constructor(length: number) {
    this.length = length;
    this.words = new Uint32Array((length + 31) >>> 5);
  }

  /** All bits below `length` set. */
  static ones(length: number): Bitset {
    const bits = new Bitset(length);
    bits.words.fill(0xffff_ffff);
    if (length % 32 !== 0) bits.words[bits.words.length - 1] = 2 ** (length % 32) - 1;
    return bits;
  }

  get(i: number): boolean {
    return (((this.words[i >>> 5] ?? 0) >>> (i & 31)) & 1) === 1;
  }

  add(i: number): void {
    const word = i >>> 5;
    this.words[word] = (this.words[word] ?? 0) | (1 << (i & 31));
  }

  clear(): void {
    this.words.fill(0);
  }

  count(): number {
    let count = 0;
    for (let word of this.words) {
      word -= (word >>> 1) & 0x5555_5555;
      word = (word & 0x3333_3333) + ((word >>> 2) & 0x3333_3333);
      count += Math.imul((word + (word >>> 4)) & 0x0f0f_0f0f, 0x0101_0101) >>> 24;
    }
    return count;
  }

  /** Calls `visit` with every bit that is set, lowest first. */
  forEach(visit: (i: number) => void): void {
    for (let word = 0; word < this.words.length; word++) {
      let bits = this.words[word] ?? 0;
      while (bits !== 0) {
        visit((word << 5) + (31 - Math.clz32(bits & -bits)));
        bits &= bits - 1;
      }
    }
  }
}
