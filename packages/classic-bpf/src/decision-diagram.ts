// Functions of the bits of seccomp_data, as reduced ordered decision diagrams: whatever way a function was put
// together, it is the same node, so two programs mean the same if and only if their diagrams are one.
//
// A node asks one bit and leads on by its value; bits are asked in one order, and each at most once. A node without a
// question is a number: what a program returns, or 0 and 1 for false and true.
//
// R. E. Bryant, "Graph-Based Algorithms for Boolean Function Manipulation", 1986.

/** A node, or rather its index. */
export type Diagram = number;

/** More nodes than any real program needs by far; one that is made to need more is answered with `TooLarge`. */
const MAX_NODES = 1 << 18;

/** The same for the time that it takes: about a second. */
const MAX_STEPS = 1 << 23;

/** Thrown inside this package where a limit is met, and caught where a result is given. */
export class TooLarge extends Error {
  override readonly name = "TooLarge";
}

/** The level of nodes without a question: behind all bits. */
const LEAF = 1023;
const CACHE = 1 << 16;

export class Diagrams {
  // Of a leaf, `low` is its number.
  readonly #level: number[] = [];
  readonly #low: number[] = [];
  readonly #high: number[] = [];
  readonly #leaves = new Map<number, Diagram>();
  readonly #nodes = new Map<number, Diagram>();
  // Answers of `choose`; a newer one takes an older one's place.
  readonly #cachedKey = new Float64Array(CACHE).fill(-1);
  readonly #cachedOther = new Int32Array(CACHE);
  readonly #cached = new Int32Array(CACHE);
  #steps = 0;
  readonly no = this.leaf(0);
  readonly yes = this.leaf(1);

  leaf(value: number): Diagram {
    const found = this.#leaves.get(value);
    if (found !== undefined) return found;
    const leaf = this.#add(LEAF, value, 0);
    this.#leaves.set(value, leaf);
    return leaf;
  }

  /** True where the bit at `level` is 1. */
  bit(level: number): Diagram {
    return this.#node(level, this.no, this.yes);
  }

  levelOf(diagram: Diagram): number {
    return this.#level[diagram] ?? LEAF;
  }

  isLeaf(diagram: Diagram): boolean {
    return this.levelOf(diagram) === LEAF;
  }

  valueOf(leaf: Diagram): number {
    return this.#low[leaf] ?? 0;
  }

  /** The diagram once the bit at `level`, the first that it may ask, is known. */
  given(diagram: Diagram, level: number, bit: 0 | 1): Diagram {
    if (this.levelOf(diagram) !== level) return diagram;
    return (bit === 1 ? this.#high[diagram] : this.#low[diagram]) ?? diagram;
  }

  /** Where `condition` is true as `whenTrue`, elsewhere as `whenFalse`. */
  choose(condition: Diagram, whenTrue: Diagram, whenFalse: Diagram): Diagram {
    if (condition === this.yes || whenTrue === whenFalse) return whenTrue;
    if (condition === this.no) return whenFalse;
    if (whenTrue === this.yes && whenFalse === this.no) return condition;
    const key = condition * MAX_NODES + whenTrue;
    const slot =
      (Math.imul(condition, 0x9e37_79b1) ^ Math.imul(whenTrue, 0x85eb_ca6b) ^ whenFalse) & (CACHE - 1);
    if (this.#cachedKey[slot] === key && this.#cachedOther[slot] === whenFalse)
      return this.#cached[slot] ?? 0;
    this.#step();
    const level = Math.min(this.levelOf(condition), this.levelOf(whenTrue), this.levelOf(whenFalse));
    const [low, high] = ([0, 1] as const).map((bit) =>
      this.choose(
        this.given(condition, level, bit),
        this.given(whenTrue, level, bit),
        this.given(whenFalse, level, bit),
      ),
    );
    const chosen = this.#node(level, low ?? 0, high ?? 0);
    this.#cachedKey[slot] = key;
    this.#cachedOther[slot] = whenFalse;
    this.#cached[slot] = chosen;
    return chosen;
  }

  and(a: Diagram, b: Diagram): Diagram {
    return this.choose(a, b, this.no);
  }

  or(a: Diagram, b: Diagram): Diagram {
    return this.choose(a, this.yes, b);
  }

  not(a: Diagram): Diagram {
    return this.choose(a, this.no, this.yes);
  }

  xor(a: Diagram, b: Diagram): Diagram {
    return this.choose(a, this.not(b), b);
  }

  implies(a: Diagram, b: Diagram): boolean {
    return this.choose(a, b, this.yes) === this.yes;
  }

  /** Each of the numbers or functions that stand at or behind `level` replaced by another. */
  replace(diagram: Diagram, level: number, by: (below: Diagram) => Diagram): Diagram {
    const done = new Map<Diagram, Diagram>();
    const visit = (at: Diagram): Diagram => {
      this.#step();
      if (this.levelOf(at) >= level) return by(at);
      const known = done.get(at);
      if (known !== undefined) return known;
      const top = this.levelOf(at);
      const made = this.#node(top, visit(this.given(at, top, 0)), visit(this.given(at, top, 1)));
      done.set(at, made);
      return made;
    };
    return visit(diagram);
  }

  #step(): void {
    if (++this.#steps > MAX_STEPS)
      throw new TooLarge(`its meaning takes more than ${MAX_STEPS} steps to find`);
  }

  #node(level: number, low: Diagram, high: Diagram): Diagram {
    if (low === high) return low;
    // Ten bits of level and twice eighteen of node: a whole number that a double holds.
    const key = (level * MAX_NODES + low) * MAX_NODES + high;
    const found = this.#nodes.get(key);
    if (found !== undefined) return found;
    const node = this.#add(level, low, high);
    this.#nodes.set(key, node);
    return node;
  }

  #add(level: number, low: number, high: number): Diagram {
    const index = this.#level.length;
    if (index >= MAX_NODES)
      throw new TooLarge(`its meaning takes more than ${MAX_NODES} nodes to write down`);
    this.#level.push(level);
    this.#low.push(low);
    this.#high.push(high);
    return index;
  }
}
