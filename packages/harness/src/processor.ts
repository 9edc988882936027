// Which processor it is, as Linux says. What is not there is null: another system, or a container that hides it.

import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

export type Processor = {
  /** CPUID's numbers, which tell processors apart whose names are alike. */
  readonly family: number | null;
  readonly model: number | null;
  readonly stepping: number | null;
  /** Its clock when it was asked. */
  readonly mhz: number | null;
  /** `L1 Data 32K, L1 Instruction 32K, L2 Unified 1024K` */
  readonly caches: string | null;
  /** Whether it is a hypervisor's; null where nothing is said of its features. */
  readonly isVirtual: boolean | null;
};

const CPUINFO = "/proc/cpuinfo";
const CACHES = "/sys/devices/system/cpu/cpu0/cache";

/** The first of the machine. */
export function processor(cpuinfo = CPUINFO, caches = CACHES): Processor {
  const [first = ""] = (textOf(cpuinfo) ?? "").split("\n\n");
  const lines = new Map(
    first.split("\n").map((line) => {
      const [key = "", value = ""] = line.split(":", 2);
      return [key.trim(), value.trim()];
    }),
  );
  const numberOf = (key: string) => {
    const value = Number(lines.get(key) || Number.NaN);
    return Number.isFinite(value) ? value : null;
  };
  const mhz = numberOf("cpu MHz");
  const features = lines.get("flags")?.split(" ");
  return {
    family: numberOf("cpu family"),
    model: numberOf("model"),
    stepping: numberOf("stepping"),
    mhz: mhz === null ? null : Math.round(mhz),
    caches: cachesIn(caches),
    isVirtual: features === undefined ? null : features.includes("hypervisor"),
  };
}

function cachesIn(folder: string): string | null {
  const said = namesIn(folder)
    .filter((name) => name.startsWith("index"))
    .sort()
    .map((name) => {
      const [level, type, size] = ["level", "type", "size"].map((file) =>
        textOf(join(folder, name, file))?.trim(),
      );
      return `L${level ?? "?"} ${type ?? "?"} ${size ?? "?"}`;
    });
  return said.length === 0 ? null : said.join(", ");
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

function textOf(file: string): string | null {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return null;
  }
}
