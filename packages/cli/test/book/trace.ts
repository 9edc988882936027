// What of the lines of a trace is read, as a page shows it.

import { linux618 } from "@gatehouse/catalog";
import { newReader, newStats, type TextFormat, traceFormats } from "@gatehouse/traces";

/** Each row with who made it: `nginx 24636: close(fd=3)`. Every line must make sense. */
export function rowsOf(format: string | undefined, lines: readonly string[]): string[] {
  if (!isTextFormat(format)) throw new ReferenceError(`\`${format}\` is no format of text`);
  const reader = newReader(format, { catalog: linux618, strict: true, stats: newStats() });
  const text = new TextEncoder().encode(lines.map((line) => `${line}\n`).join(""));
  return [...reader.push(text), ...reader.end()].flatMap((chunk) =>
    Array.from({ length: chunk.length }, (_, row) => {
      const event = chunk.at(row);
      return `${event.task.comm || "?"} ${event.task.pid}: ${event}`;
    }),
  );
}

function isTextFormat(name: string | undefined): name is TextFormat {
  return name !== "arrow" && traceFormats.some((format) => format === name);
}
