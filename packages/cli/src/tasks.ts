// `gatehouse tasks run`: what a variant's task side answers to each step of recorded sequences.

import { createReadStream } from "node:fs";
import type { Design } from "@gatehouse/core";
import { readSequence, runSequence } from "@gatehouse/scenarios";
import { Failure, systemReason } from "./failure.js";
import { type Answer, answerLines } from "./filter-lines.js";
import { findDesign } from "./known-designs.js";
import { printable } from "./text.js";

export type TasksOptions = { readonly design: string };

export function answering(design: Design): Answer {
  return (line) => {
    const sequence = readSequence(line);
    return sequence.ok ? runSequence(design, sequence.value) : sequence;
  };
}

export async function runTasks(file: string | undefined, { design }: TasksOptions): Promise<void> {
  const answer = answering(findDesign(design));
  if (file === undefined || file === "-") return answerLines(answer);
  try {
    await answerLines(answer, createReadStream(file));
  } catch (error) {
    const reason = error instanceof Failure ? null : systemReason(error);
    if (reason === null) throw error;
    throw new Failure(`${printable(file)}: the sequences cannot be read: ${reason}`);
  }
}
