#!/usr/bin/env node
import { runDemo } from './demo.ts';

const interrupt = new AbortController();
// The first Ctrl-C ends the training and shows what was learned; a second one ends the program at once.
process.once('SIGINT', () => interrupt.abort());

process.exitCode = await runDemo(process.argv.slice(2), {
  out: process.stdout,
  err: process.stderr,
  signal: interrupt.signal,
});
