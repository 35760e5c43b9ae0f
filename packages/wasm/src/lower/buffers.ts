import { operandsOf } from '@cotangent/loops';
import type { Buffer, Statement, Value } from '@cotangent/loops';
import { ValueError } from '@cotangent/tensor';

/** The largest number of a module's own arithmetic: counters and positions are signed 32-bit integers. */
const largest = 2 ** 31 - 1;

/** @throws ValueError `WASM_TOO_LARGE` if there are more of something than a module can count. */
export function checkCount(count: number): void {
  if (Math.abs(count) <= largest) return;
  throw new ValueError(`wasm: the graph needs loops over ${count} elements, more than ${largest}`, {
    code: 'WASM_TOO_LARGE',
    hint: "work on smaller batches, or compile with mode: 'reference'",
    data: { count },
  });
}

/**
 * Every buffer that some statements read or write, in the order of first mention.
 *
 * @throws ValueError `WASM_TOO_LARGE` if a loop has more iterations than a module can count.
 */
export function buffersIn(statements: readonly Statement[]): readonly Buffer[] {
  const search = new BufferSearch();
  const stack: Statement[] = statements.toReversed();
  for (let s = stack.pop(); s !== undefined; s = stack.pop()) {
    const inside = search.statement(s);
    for (let k = inside.length - 1; k >= 0; k--) stack.push(inside[k]!);
  }
  return [...search.found];
}

/** Values of an expression that are looked at before what was seen is remembered: most have fewer. */
const fewValues = 64;

const nothing: readonly Statement[] = [];

class BufferSearch {
  readonly found = new Set<Buffer>();
  readonly #seen = new Set<Value>();
  readonly #stack: Value[] = [];

  /** Looks into the values of a statement; returns the statements in it. */
  statement(s: Statement): readonly Statement[] {
    switch (s.kind) {
      case 'for':
        if (s.to.kind === 'const') checkCount(s.to.value);
        this.#values(s.from, s.to);
        return s.body;
      case 'let':
      case 'assign':
      case 'accumulate':
        this.#values(s.value);
        return nothing;
      case 'store':
        this.found.add(s.buffer);
        this.#values(s.at, s.value);
        return nothing;
      case 'if':
        this.#values(s.condition);
        return [...s.body, ...s.otherwise];
      case 'while':
        this.#values(s.condition);
        return s.body;
      case 'block':
        return s.body;
      case 'refuse':
        return nothing;
      case 'matrixProduct':
        for (const { buffer } of [s.out, s.a, s.b]) this.found.add(buffer);
        this.#values(s.out.offset, s.a.offset, s.b.offset);
        return nothing;
      default:
        return s satisfies never;
    }
  }

  #values(...roots: readonly Value[]): void {
    const stack = this.#stack;
    for (let k = roots.length - 1; k >= 0; k--) stack.push(roots[k]!);
    let visits = 0;
    for (let x = stack.pop(); x !== undefined; x = stack.pop()) {
      if (++visits > fewValues) {
        if (this.#seen.has(x)) continue;
        this.#seen.add(x);
      }
      if (x.kind === 'load') this.found.add(x.buffer);
      const operands = operandsOf(x);
      for (let k = operands.length - 1; k >= 0; k--) stack.push(operands[k]!);
    }
  }
}
