import { CHUNK_ROWS, type Task } from "@gatehouse/core";
import { describe, expect, test } from "vitest";
import { MAX_STRING_BYTES } from "../src/rows.js";
import { MAX_LINEAGE, MAX_LIVE_TASKS, TaskTable } from "../src/task-table.js";
import { close, exec, exit, fork, read } from "./read.js";

/** The task of each row: `nginx 8 of 7 (sh, nginx)`. */
function tasksOf(lines: readonly string[]): string[] {
  return read(lines.map((text) => `${text}\n`).join("")).chunks.flatMap((chunk) =>
    Array.from({ length: chunk.length }, (_, row) => show(chunk.at(row).task)),
  );
}

function show({ pid, parent, comm, lineage }: Task): string {
  return `${comm} ${pid} of ${parent ?? "?"} (${[...lineage].join(", ")})`;
}

describe("the task tree", () => {
  test("a child has its parent's lineage, and a name of its own after exec", () => {
    expect(
      tasksOf([
        close("sh", 7),
        fork("sh", 7, 8),
        close("sh", 8),
        exec("nginx", 8, "/usr/sbin/nginx"),
        close("nginx", 8),
        close("sh", 7),
      ]),
    ).toEqual([
      "sh 7 of ? (sh)",
      "sh 7 of ? (sh)",
      "sh 8 of 7 (sh)",
      "nginx 8 of 7 (sh, nginx)",
      "nginx 8 of 7 (sh, nginx)",
      "sh 7 of ? (sh)",
    ]);
  });

  test("a task that calls itself something else keeps the names that it bore", () => {
    expect(
      tasksOf([close("a", 7), close("b", 7), close("a", 7), fork("a", 7, 8, "c"), close("c", 8)]),
    ).toEqual([
      "a 7 of ? (a)",
      "b 7 of ? (a, b)",
      "a 7 of ? (a, b)",
      "a 7 of ? (a, b)",
      "c 8 of 7 (a, b, c)",
    ]);
  });

  test("a pid that is used again is another task", () => {
    expect(tasksOf([close("a", 7), exit("a", 7), close("b", 7)])).toEqual([
      "a 7 of ? (a)",
      "a 7 of ? (a)",
      "b 7 of ? (b)",
    ]);
    expect(tasksOf([close("a", 8), close("sh", 7), fork("sh", 7, 8), close("sh", 8)]).at(-1)).toBe(
      "sh 8 of 7 (sh)",
    );
  });

  test("a thread that execs goes on under its leader's pid", () => {
    const lines = [
      close("sh", 1),
      fork("sh", 1, 7),
      close("worker", 9),
      exit("sh", 7),
      exec("ls", 7, "/bin/ls", 9),
    ];
    expect(tasksOf(lines).at(-1)).toBe("ls 7 of ? (worker, ls)");
  });

  test("a fork whose names look like its fields is read right", () => {
    const comm = "x child_comm=y";
    expect(tasksOf([fork(comm, 7, 8, "a pid=1"), close("a pid=1", 8)])).toEqual([
      `${comm} 7 of ? (${comm})`,
      `a pid=1 8 of 7 (${comm}, a pid=1)`,
    ]);
  });

  test("fork, exec and exit are rows that are not counted as events", () => {
    const { rows, stats } = read([fork("sh", 7, 8), exec("ls", 8, "/bin/ls"), exit("ls", 8)].join("\n"));
    expect(rows).toEqual([
      'sh 7: sched_process_fork(parent_pid=7, child_pid=8, child_comm="sh")',
      'ls 8: sched_process_exec(filename="/bin/ls", pid=8)',
      "ls 8: sched_process_exit(pid=8)",
    ]);
    expect([stats.events, stats.tasks, stats.lines]).toEqual([0, 2, 3]);
  });

  test("a lineage is a set like any other", () => {
    const { chunks } = read([close("a", 7), close("b", 7)].join("\n"));
    const lineage = chunks[0]?.at(1).task.lineage ?? new Set();
    const visited: string[] = [];
    lineage.forEach((name, key, set) => {
      visited.push(name, key, String(set === lineage));
    });
    expect([lineage.size, lineage.has("a"), lineage.has("c")]).toEqual([2, true, false]);
    expect([[...lineage.keys()], [...lineage.values()], [...lineage.entries()]]).toEqual([
      ["a", "b"],
      ["a", "b"],
      [
        ["a", "a"],
        ["b", "b"],
      ],
    ]);
    expect(visited).toEqual(["a", "a", "true", "b", "b", "true"]);
  });
});

test("a task goes on from one chunk to the next, and each chunk holds its own tasks alone", () => {
  const lines = [
    fork("sh", 7, 8),
    exit("sh", 7),
    ...Array.from({ length: CHUNK_ROWS }, (_, i) => close("sh", 8, i)),
  ];
  const { chunks, stats } = read(lines.join("\n"));
  expect(chunks.map(({ first, length, tasks }) => [first, length, tasks.map(show)])).toEqual([
    [0, CHUNK_ROWS, ["sh 7 of ? (sh)", "sh 8 of 7 (sh)"]],
    [CHUNK_ROWS, 2, ["sh 8 of 7 (sh)"]],
  ]);
  expect([stats.events, chunks[1]?.at(1).low(0)]).toEqual([CHUNK_ROWS, CHUNK_ROWS - 1]);
});

describe("limits", () => {
  test("a lineage with too many names is an error", () => {
    const lines = Array.from({ length: MAX_LINEAGE + 1 }, (_, i) => close(`n${i}`, 7));
    expect(read(lines.slice(1).join("\n")).stats.events).toBe(MAX_LINEAGE);
    expect(() => read(lines.join("\n"))).toThrow(expect.objectContaining({ code: "limit" }));
  });

  test("too many bytes of different file names are an error", () => {
    const path = "/".repeat(65_000);
    const lines = Array.from({ length: MAX_STRING_BYTES / path.length + 1 }, (_, i) =>
      exec("sh", 7, path + i),
    );
    expect(() => read(lines.join("\n"))).toThrow(expect.objectContaining({ code: "limit" }));
  }, 30_000);

  test("too many tasks alive at once are an error", () => {
    const table = new TaskTable();
    for (let pid = 0; pid < MAX_LIVE_TASKS; pid++) table.named(pid, "sh");
    table.exit(0);
    table.named(MAX_LIVE_TASKS, "sh");
    expect(() => table.named(0, "sh")).toThrow(expect.objectContaining({ code: "limit" }));
  }, 30_000);
});
