// A WebAssembly module as bytes: a header, then sections of types, imports, functions, memory, exports and bodies.

import { type Code, leb, VALUE_TYPES, type ValueType } from "./instructions.js";

export type Func = {
  readonly name: string;
  readonly parameters: readonly ValueType[];
  readonly results: readonly ValueType[];
  /** Those beyond the parameters, and numbered after them. */
  readonly locals: readonly ValueType[];
  readonly body: Code;
};

/** Where functions find their memory: of their own, exported, or `staging.memory`. In pages of 64 KiB. */
export type Memory = { readonly kind: "own" | "imported"; readonly pages: number };

const SECTION = { type: 1, import: 2, function: 3, memory: 5, export: 7, code: 10 } as const;
const KIND = { function: 0, memory: 2 } as const;

/** All functions are exported under their names. */
export function writeModule(memory: Memory, functions: readonly Func[]): Uint8Array<ArrayBuffer> {
  const types = [...new Set(functions.map((func) => typeOf(func).join()))];
  const own = memory.kind === "own";
  const limits = [0, ...leb(memory.pages)];
  const memoryImport = [...text("staging"), ...text("memory"), KIND.memory, ...limits];
  const exports = functions.map(({ name }, i) => [...text(name), KIND.function, ...leb(i)]);
  if (own) exports.push([...text("memory"), KIND.memory, 0]);

  const bytes = [0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0];
  append(bytes, section(SECTION.type, vector(types.map((type) => type.split(",").map(Number)))));
  append(bytes, section(SECTION.import, vector(own ? [] : [memoryImport])));
  append(
    bytes,
    section(SECTION.function, vector(functions.map((func) => leb(types.indexOf(typeOf(func).join()))))),
  );
  append(bytes, section(SECTION.memory, vector(own ? [limits] : [])));
  append(bytes, section(SECTION.export, vector(exports)));
  append(bytes, section(SECTION.code, vector(functions.map(sized))));
  return Uint8Array.from(bytes);
}

function typeOf({ parameters, results }: Func): number[] {
  const list = (types: readonly ValueType[]) => vector(types.map((type) => [VALUE_TYPES[type]]));
  return [0x60, ...list(parameters), ...list(results)];
}

function sized({ locals, body }: Func): number[] {
  const runs: { type: ValueType; count: number }[] = [];
  for (const type of locals) {
    const last = runs.at(-1);
    if (last?.type === type) last.count++;
    else runs.push({ type, count: 1 });
  }
  const bytes = vector(runs.map(({ type, count }) => [...leb(count), VALUE_TYPES[type]]));
  append(bytes, body);
  bytes.push(0x0b);
  return prefixed(bytes);
}

function section(id: number, content: number[]): number[] {
  const isEmpty = content.length === 1;
  return isEmpty ? [] : [id, ...prefixed(content)];
}

function vector(items: readonly (readonly number[])[]): number[] {
  const bytes = leb(items.length);
  for (const item of items) append(bytes, item);
  return bytes;
}

function prefixed(bytes: readonly number[]): number[] {
  const sized = leb(bytes.length);
  append(sized, bytes);
  return sized;
}

/** Names here are ASCII. */
function text(name: string): number[] {
  return prefixed(Array.from(name, (letter) => letter.charCodeAt(0)));
}

/** Bodies may be longer than a call may have arguments, so no `push(...more)`. */
function append(bytes: number[], more: readonly number[]): void {
  for (const byte of more) bytes.push(byte);
}
