#!/usr/bin/env node
import { runCommand } from './run.ts';

// The first interrupt ends the run, which prints what was done so far; the second ends the process.
const controller = new AbortController();
process.once('SIGINT', () => {
  controller.abort();
  process.once('SIGINT', () => process.exit(130));
});
process.once('SIGTERM', () => controller.abort());

process.exitCode = await runCommand(process.argv.slice(2), {
  folder: process.cwd(),
  env: process.env,
  stdout: process.stdout,
  stderr: process.stderr,
  signal: controller.signal,
});
