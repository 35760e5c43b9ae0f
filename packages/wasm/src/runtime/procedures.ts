import { operandsOf } from '@cotangent/loops';
import type { Buffer, Statement, Value } from '@cotangent/loops';
import { ValueError } from '@cotangent/tensor';
import type { Schedule, Step } from '../lower/schedule.ts';
import { statementsOf } from '../lower/steps.ts';
import type { PartedProcedure } from '../emit/module.ts';
import { piecesOf } from '../threads/pieces.ts';
import type { Parts } from '../threads/pieces.ts';
import type { Lifetime } from './memory.ts';

/** A step as it runs: a procedure of the module, of one thread or of all; or an op evaluated in JavaScript. */
export type PlannedStep =
  | {
      readonly kind: 'procedure';
      readonly procedure: PartedProcedure;
      readonly parts: Parts | undefined;
    }
  | Extract<Step, { kind: 'host' }>;

/** Steps with the statements made. */
export interface Planned {
  readonly steps: readonly PlannedStep[];
  /** Elements of each buffer. */
  readonly sizes: ReadonlyMap<Buffer, number>;
}

/** The largest number of a module's own arithmetic: counters and positions are signed 32-bit integers. */
const largest = 2 ** 31 - 1;

/**
 * The steps of a schedule with their statements made.
 *
 * @throws ValueError `WASM_TOO_LARGE` if a tensor or loop has more elements than a module can count.
 */
export function plannedSteps(schedule: Schedule, threads: number): Planned {
  for (const size of schedule.sizes.values()) checkCount(size);
  const sizes = new Map(schedule.sizes);
  const steps = schedule.steps.flatMap((step, k): readonly PlannedStep[] => {
    if (step.kind === 'host') return [step];
    const cut = piecesOf(statementsOf(step), threads);
    for (const [buffer, size] of cut.sizes) sizes.set(buffer, size);
    return cut.pieces.map(({ body, parts }, n) => {
      const name = cut.pieces.length > 1 ? `step${k}.${n}` : `step${k}`;
      const part = parts === undefined ? {} : { part: parts.index };
      return {
        kind: 'procedure',
        procedure: { name, buffers: buffersIn(body), body, ...part },
        parts,
      };
    });
  });
  return { steps, sizes };
}

function checkCount(count: number): void {
  if (Math.abs(count) <= largest) return;
  throw new ValueError(`wasm: the graph needs loops over ${count} elements, more than ${largest}`, {
    code: 'WASM_TOO_LARGE',
    hint: "work on smaller batches, or compile with mode: 'reference'",
    data: { count },
  });
}

/** From which step to which each buffer must keep its values; inputs, constants and results throughout. */
export function lifetimesOf(
  { inputs, constants, outputs }: Schedule,
  { steps, sizes }: Planned,
): readonly Lifetime[] {
  const spans = new Map<Buffer, { first: number; last: number }>();
  const touch = (buffer: Buffer, step: number): void => {
    const span = spans.get(buffer);
    if (span === undefined) spans.set(buffer, { first: step, last: step });
    else span.last = Math.max(span.last, step);
  };
  const end = steps.length;
  for (const buffer of [...inputs, ...constants.map((c) => c.buffer)]) {
    touch(buffer, -1);
    touch(buffer, end);
  }
  steps.forEach((step, k) => buffersOfStep(step).forEach((buffer) => touch(buffer, k)));
  for (const { view } of outputs) if (view !== undefined) touch(view.buffer, end);
  return [...spans].map(([buffer, span]) => ({
    buffer,
    elements: sizes.get(buffer) ?? 0,
    ...span,
  }));
}

function buffersOfStep(step: PlannedStep): readonly Buffer[] {
  if (step.kind === 'procedure') return step.procedure.buffers;
  const read = step.inputs.flatMap(({ view }) => (view === undefined ? [] : [view.buffer]));
  return [...read, ...step.outputs];
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
