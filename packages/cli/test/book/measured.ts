// Of what the command prints, the part that differs from run to run or from commit to commit.

/** Times, and lines of code: of a table that holds them, the words alone, since numbers move columns as well. */
export function withoutMeasurements(lines: readonly string[]): string[] {
  let measured = false;
  return lines.map((line) => {
    if (/ (adds|code) |^ +lines$/.test(line)) measured = true;
    if (line === "") measured = false;
    return measured ? line.replace(/[\d,.]+/g, "#").replace(/ +/g, " ") : line;
  });
}
