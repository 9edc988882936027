// `--task PID|COMM`: a task and its descendants.
//
// By name the row's own task says it: its lineage holds every name that it and its ancestors have borne. By pid the
// task tree must be followed in the trace's order, for a number means another task once its owner has exited.

import { type Bitset, type Catalog, type Chunk, type EventFormat, TraceEvent } from "@gatehouse/core";
import { remove } from "./trace.js";

/** Takes from `rows` those of other tasks. It must see every chunk of a trace, in order. */
export type Selection = (chunk: Chunk, rows: Bitset) => void;

/** Of digits alone: a pid; anything else: a name. */
export function selectTask(wanted: string, catalog: Catalog): Selection {
  return /^\d+$/.test(wanted) ? byPid(Number(wanted), catalog) : byName(wanted);
}

function byName(comm: string): Selection {
  return (chunk, rows) => {
    const selected: (boolean | undefined)[] = [];
    for (let row = 0; row < chunk.length; row++) {
      const task = chunk.task[row] ?? 0;
      selected[task] ??= chunk.tasks[task]?.lineage.has(comm) ?? false;
      if (!selected[task]) remove(rows, row);
    }
  };
}

function byPid(pid: number, catalog: Catalog): Selection {
  const fork = formatOf(catalog, "sched_process_fork");
  const exit = formatOf(catalog, "sched_process_exit");
  const [parentSlot, childSlot] = [slotOf(fork, "parent_pid"), slotOf(fork, "child_pid")];
  const exitSlot = slotOf(exit, "pid");
  const selected = new Set([pid]);
  return (chunk, rows) => {
    const event = new TraceEvent(chunk, 0);
    for (let row = 0; row < chunk.length; row++) {
      event.row = row;
      if (event.id === fork.id) {
        if (selected.has(event.low(parentSlot))) selected.add(event.low(childSlot));
      } else if (event.id === exit.id) selected.delete(event.low(exitSlot));
      else if (!selected.has(event.task.pid)) remove(rows, row);
    }
  };
}

export function formatOf(catalog: Catalog, name: string): EventFormat {
  const format = catalog.byName(name);
  if (format === undefined) throw new RangeError(`the catalog of ${catalog.title} has no \`${name}\``);
  return format;
}

export function slotOf({ name, fields }: EventFormat, wanted: string): number {
  const field = fields.find((candidate) => candidate.name === wanted);
  if (field === undefined) throw new RangeError(`\`${name}\` has no field \`${wanted}\``);
  return field.slot;
}
