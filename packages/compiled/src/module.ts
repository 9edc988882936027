// A WebAssembly module as bytes: a header, then sections of types, imports, functions, memory, exports and bodies.

import { bytes, type Code, end, leb, VALUE_TYPES, type ValueType } from "./instructions.js";

export type Func = {
  /** ASCII. */
  readonly name: string;
  readonly parameters: readonly ValueType[];
  readonly results: readonly ValueType[];
  /** Those beyond the parameters, and numbered after them. */
  readonly locals: readonly ValueType[];
  readonly body: Code;
};

/** Where functions find their memory: one of the module's own, which it exports, or `staging.memory`. */
export type Memory = { readonly kind: "own" | "imported" /** Of 64 KiB. */; readonly pages: number };

const SECTION = { type: 1, import: 2, function: 3, memory: 5, export: 7, code: 10 } as const;
const KIND = { function: bytes(0), memory: bytes(2) } as const;
const HEADER = `${bytes(0)}asm${bytes(1, 0, 0, 0)}`;

/** All functions are exported under their names. */
export function writeModule(memory: Memory, functions: readonly Func[]): Uint8Array<ArrayBuffer> {
  const types = [...new Set(functions.map(typeOf))];
  const isOwn = memory.kind === "own";
  const limits = bytes(0) + leb(memory.pages);
  const exports = functions.map(({ name }, i) => sized(name) + KIND.function + leb(i));
  if (isOwn) exports.push(sized("memory") + KIND.memory + leb(0));
  const module = [
    HEADER,
    section(SECTION.type, types),
    section(SECTION.import, isOwn ? [] : [sized("staging") + sized("memory") + KIND.memory + limits]),
    section(
      SECTION.function,
      functions.map((func) => leb(types.indexOf(typeOf(func)))),
    ),
    section(SECTION.memory, isOwn ? [limits] : []),
    section(SECTION.export, exports),
    section(SECTION.code, functions.map(bodyOf)),
  ].join("");
  const written = new Uint8Array(module.length);
  for (let i = 0; i < written.length; i++) written[i] = module.charCodeAt(i);
  return written;
}

function typeOf({ parameters, results }: Func): Code {
  const list = (types: readonly ValueType[]) => vector(types.map((type) => VALUE_TYPES[type]));
  return bytes(0x60) + list(parameters) + list(results);
}

/** Locals are declared in runs of one type. */
function bodyOf({ locals, body }: Func): Code {
  const runs: { readonly type: ValueType; count: number }[] = [];
  for (const type of locals) {
    const last = runs.at(-1);
    if (last?.type === type) last.count++;
    else runs.push({ type, count: 1 });
  }
  return sized(vector(runs.map(({ type, count }) => leb(count) + VALUE_TYPES[type])) + body + end);
}

function section(id: number, items: readonly Code[]): Code {
  return items.length === 0 ? "" : leb(id) + sized(vector(items));
}

function vector(items: readonly Code[]): Code {
  return leb(items.length) + items.join("");
}

function sized(code: Code): Code {
  return leb(code.length) + code;
}
