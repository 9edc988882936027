// The local variables of a function that is being written: taken when a value must be kept, given back when it is
// used up, so that a program of a thousand branches needs a few dozen.

import { type Code, get, set, type ValueType } from "./instructions.js";

export class Locals {
  readonly types: ValueType[] = [];
  readonly #parameters: number;
  readonly #free: number[] = [];
  readonly #constants = new Map<string, number>();
  #prelude: Code = "";

  constructor(parameters: number) {
    this.#parameters = parameters;
  }

  take(type: ValueType): number {
    const free = this.#free.findIndex((local) => this.types[local - this.#parameters] === type);
    if (free >= 0) return this.#free.splice(free, 1)[0] ?? 0;
    return this.keep(type);
  }

  giveBack(local: number): void {
    this.#free.push(local);
  }

  /** One that nothing else has used: for what lasts from one turn of a loop to the next. */
  keep(type: ValueType): number {
    return this.#parameters + this.types.push(type) - 1;
  }

  /** `value`, which `key` names, made once in the prelude instead of at each turn of a loop. */
  constant(type: ValueType, key: string, value: () => Code): Code {
    const known = this.#constants.get(key);
    if (known !== undefined) return get(known);
    const local = this.variable(type, value());
    this.#constants.set(key, local);
    return get(local);
  }

  /** One that has `value` at a loop's first turn. */
  variable(type: ValueType, value: Code): number {
    const local = this.keep(type);
    this.#prelude += set(local, value);
    return local;
  }

  /** Sets constants and variables: to stand before all that reads them. */
  get prelude(): Code {
    return this.#prelude;
  }
}
