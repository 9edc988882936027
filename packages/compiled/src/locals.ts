// The local variables of a function that is being written: taken when a value must be kept, given back when it is
// used up, so that a program of a thousand branches needs a few dozen.

import { type Code, set, type ValueType } from "./instructions.js";

export class Locals {
  readonly types: ValueType[] = [];
  readonly #parameters: number;
  readonly #free: number[] = [];
  readonly #constants = new Map<string, number>();
  readonly #prelude: Code[] = [];

  constructor(parameters: number) {
    this.#parameters = parameters;
  }

  take(type: ValueType): number {
    const free = this.#free.findIndex((local) => this.#typeOf(local) === type);
    if (free >= 0) return this.#free.splice(free, 1)[0] ?? 0;
    return this.#parameters + this.types.push(type) - 1;
  }

  giveBack(local: number): void {
    this.#free.push(local);
  }

  /** A local that `prelude` sets to `value`: what a loop would otherwise make anew each time round. */
  constant(type: ValueType, value: Code): number {
    const key = value.join();
    const known = this.#constants.get(key);
    if (known !== undefined) return known;
    // Never one given back: the loop may have used that before it comes to this value again.
    const local = this.#parameters + this.types.push(type) - 1;
    this.#constants.set(key, local);
    this.#prelude.push(set(local, value));
    return local;
  }

  /** Sets the constants; to stand before all that reads them. */
  get prelude(): Code {
    return this.#prelude.flat();
  }

  #typeOf(local: number): ValueType | undefined {
    return this.types[local - this.#parameters];
  }
}
