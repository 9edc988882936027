// The recorded answers: all of them where ../shared is present, and always the samples of them in data/.

import { existsSync, readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import { type Formats, readFormats } from "../src/formats.js";

const whole = new URL("../../../../shared/data/conformance/", import.meta.url);
const samples = new URL("data/", import.meta.url);

export type Corpus = {
  readonly title: string;
  readonly isAbsent: boolean;
  lines(file: string): readonly string[];
  formats(file: string): Formats;
};

export const corpora: readonly Corpus[] = [
  {
    title: "the samples of the recorded answers",
    isAbsent: false,
    lines: (file) => linesOf(readFileSync(new URL(`${file}.jsonl`, samples))),
    formats: (file) => formatsIn(samples, file),
  },
  {
    title: "all recorded answers (skipped where ../shared is absent)",
    isAbsent: !existsSync(whole),
    lines: (file) => linesOf(gunzipSync(readFileSync(new URL(`${file}.jsonl.gz`, whole)))),
    formats: (file) => formatsIn(whole, file),
  },
];

function linesOf(bytes: Uint8Array): string[] {
  return new TextDecoder().decode(bytes).trimEnd().split("\n");
}

function formatsIn(folder: URL, file: string): Formats {
  const formats = readFormats(JSON.parse(readFileSync(new URL(`${file}.json`, folder), "utf8")));
  if (!formats.ok) throw new Error(formats.error);
  return formats.value;
}
