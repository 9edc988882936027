import { expect, test } from "vitest";
import { linux618, nearest, nearestWord } from "../src/index.js";

test.each([
  ["opeant", "openat"],
  ["raed", "read"],
  ["sys_enter_opeant", "sys_enter_openat"],
  ["exit_gruop", "exit_group"],
  ["file_opne", "file_open"],
  ["read", "read"],
  ["frobnicate", null],
  ["sched_process_frok", null],
  ["x", null],
  ["", null],
])("the event closest to `%s` is %s", (word, expected) => {
  expect(nearest(linux618, word)).toBe(expected);
});

test.each([
  ["O_RDNOLY", ["O_WRONLY", "O_RDONLY", "O_RDWR"], "O_RDONLY"],
  ["abc", ["xbc", "abx"], "xbc"], // of two as close, the first
  ["abc", [], null],
])("the word closest to `%s` in %j is %s", (word, words, expected) => {
  expect(nearestWord(word, words)).toBe(expected);
});
