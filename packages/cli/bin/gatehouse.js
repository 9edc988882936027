#!/usr/bin/env node
// Committed, so that npm links the command before anything is built.
import { existsSync } from "node:fs";

const built = new URL("../dist/main.js", import.meta.url);
if (existsSync(built)) {
  const { main } = await import(built.href);
  await main(process.argv);
} else {
  console.error("gatehouse: not built yet: run `npm start` or `npm run build` in the clone");
  process.exitCode = 3;
}
