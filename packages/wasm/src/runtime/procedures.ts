import type { Buffer, Statement } from '@cotangent/loops';
import { buffersIn, checkCount } from '../lower/buffers.ts';
import type { HostStep, Schedule, Step } from '../lower/schedule.ts';
import { statementsOf } from '../lower/steps.ts';
import type { PartedProcedure } from '../emit/module.ts';
import { piecesOf } from '../threads/pieces.ts';
import type { Parts, Piece } from '../threads/pieces.ts';
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

/**
 * The steps of a schedule with their statements made.
 *
 * @throws ValueError `WASM_TOO_LARGE` if a tensor or loop has more elements than a module can count.
 */
export function plannedSteps(schedule: Schedule, threads: number): Planned {
  for (const size of schedule.sizes.values()) checkCount(size);
  const sizes = new Map(schedule.sizes);
  const bodies = schedule.steps.map((step) => (step.kind === 'host' ? [] : statementsOf(step)));
  const isInner = threads === 1 ? (): boolean => false : usedOnce(schedule, bodies);
  const steps = schedule.steps.flatMap((step, k): readonly PlannedStep[] => {
    if (step.kind === 'host') return [step];
    const cut = piecesOf(bodies[k]!, threads, isInner);
    for (const [buffer, size] of cut.sizes) sizes.set(buffer, size);
    return cut.pieces.map((piece, n) =>
      procedureOf(piece, cut.pieces.length > 1 ? `step${k}.${n}` : `step${k}`),
    );
  });
  return { steps, sizes };
}

function procedureOf({ body, parts }: Piece, name: string): PlannedStep {
  const more = parts === undefined ? {} : { part: parts.index, privates: parts.privates };
  return {
    kind: 'procedure',
    procedure: { name, buffers: buffersIn(body), body, ...more },
    parts,
  };
}

/** Whether a buffer is used in one step alone, and not from outside. */
function usedOnce(
  { steps, inputs, constants, outputs }: Schedule,
  bodies: readonly (readonly Statement[])[],
): (buffer: Buffer) => boolean {
  const uses = new Map<Buffer, number>();
  const use = (buffer: Buffer, times: number): void => {
    uses.set(buffer, (uses.get(buffer) ?? 0) + times);
  };
  for (const buffer of inputs) use(buffer, 2);
  for (const { buffer } of constants) use(buffer, 2);
  for (const { view } of outputs) if (view !== undefined) use(view.buffer, 2);
  steps.forEach((step, k) => {
    const used = step.kind === 'host' ? buffersOfHost(step) : buffersIn(bodies[k]!);
    for (const buffer of used) use(buffer, step.kind === 'host' ? 2 : 1);
  });
  return (buffer) => uses.get(buffer) === 1;
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
  return step.kind === 'procedure' ? step.procedure.buffers : buffersOfHost(step);
}

function buffersOfHost(step: HostStep): readonly Buffer[] {
  const read = step.inputs.flatMap(({ view }) => (view === undefined ? [] : [view.buffer]));
  return [...read, ...step.outputs];
}
