import type { Shapes } from '@cotangent/compile';
import { printProcedure } from '@cotangent/loops';
import type { Buffer } from '@cotangent/loops';
import type { Driver, PartedProcedure } from '../emit/module.ts';
import { emitModule } from '../emit/module.ts';
import { elementaryFunctions } from '../functions/elementary.ts';
import { scratchBytes } from '../kernels/statement.ts';
import type { HostStep, Schedule } from '../lower/schedule.ts';
import type { Parts } from '../threads/pieces.ts';
import { pagesFor } from './engine.ts';
import { planMemory } from './memory.ts';
import { lifetimesOf, plannedSteps } from './procedures.ts';
import type { PlannedStep } from './procedures.ts';

/** One thing to do in a run: call a driver of the module, share a function of it, or evaluate an op in JavaScript. */
export type Action =
  | { readonly kind: 'driver'; readonly name: string }
  | {
      readonly kind: 'parts';
      /** Of a function that takes the number of a part. */
      readonly name: string;
      readonly count: number;
      /** Of one part on one core, roughly. */
      readonly nanoseconds: number;
    }
  | HostStep;

/** A schedule as code and addresses: everything that instances with memories of their own share. */
export interface Blueprint {
  readonly schedule: Schedule;
  readonly shapes: Shapes;
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly pages: number;
  readonly addresses: ReadonlyMap<Buffer, number>;
  readonly actions: readonly Action[];
  /** Where each thread packs the operands of matrix products; `undefined` if there is nothing for several threads. */
  readonly scratches: readonly number[] | undefined;
  /** The steps as text, loops in the loop language. */
  explain(): string;
}

/**
 * Plans memory for a schedule and emits its module. Steps between two ops that are evaluated in JavaScript,
 * or that several threads share, are called by one driver function: a call into a module costs more than a
 * call inside.
 *
 * @param shapes - of the inputs.
 * @param threads - for which work is cut into parts where that pays.
 * @throws ValueError `WASM_TOO_LARGE` if 4 GiB, or 2³¹ − 1 elements of anything, do not suffice.
 */
export function draw(schedule: Schedule, shapes: Shapes, threads = 1): Blueprint {
  const { steps, procedures, addresses, pages, scratch, scratchSize, isShared } = layOut(
    schedule,
    threads,
  );
  const { actions, drivers } = actionsOf(steps);
  const bytes = emitModule(procedures, {
    addresses,
    pages,
    scratch: isShared ? 'own' : scratch,
    functions: elementaryFunctions,
    drivers,
  });
  const scratches = isShared
    ? Array.from({ length: threads }, (_, thread) => scratch + thread * scratchSize)
    : undefined;
  const explain = (): string => textOf(steps);
  return { schedule, shapes, bytes, pages, addresses, actions, scratches, explain };
}

/** A schedule as procedures over one memory. */
export interface Layout {
  readonly steps: readonly PlannedStep[];
  readonly procedures: readonly PartedProcedure[];
  readonly addresses: ReadonlyMap<Buffer, number>;
  /** Where the memory begins that matrix products may overwrite, */
  readonly scratch: number;
  /** and how many bytes of it each thread has. */
  readonly scratchSize: number;
  readonly pages: number;
  /** Whether there is work for several threads. */
  readonly isShared: boolean;
}

/** Scratch memories of threads share no cache line. */
const cacheLine = 64;

/**
 * Plans memory for a schedule.
 *
 * @throws ValueError `WASM_TOO_LARGE`.
 */
export function layOut(schedule: Schedule, threads = 1): Layout {
  const planned = plannedSteps(schedule, threads);
  const { steps } = planned;
  const { addresses, bytes: scratch } = planMemory(lifetimesOf(schedule, planned));
  const procedures = steps.flatMap((step) => (step.kind === 'procedure' ? [step.procedure] : []));
  const scratchSize = Math.ceil(scratchBytes(procedures) / cacheLine) * cacheLine;
  const isShared = steps.some((step) => step.kind === 'procedure' && step.parts !== undefined);
  const pages = pagesFor(scratch + scratchSize * (isShared ? threads : 1));
  return { steps, procedures, addresses, scratch, scratchSize, pages, isShared };
}

function actionsOf(steps: readonly PlannedStep[]): {
  readonly actions: readonly Action[];
  readonly drivers: readonly Driver[];
} {
  const actions: Action[] = [];
  const drivers: Driver[] = [];
  let calls: number[] | undefined;
  let procedure = 0;
  for (const step of steps) {
    if (step.kind === 'host' || step.parts !== undefined) {
      calls = undefined;
      actions.push(step.kind === 'host' ? step : inParts(step.procedure.name, step.parts!)); // not undefined here
      if (step.kind === 'procedure') procedure++;
      continue;
    }
    if (calls === undefined) {
      const name = `run${drivers.length}`;
      calls = [];
      drivers.push({ name, calls });
      actions.push({ kind: 'driver', name });
    }
    calls.push(procedure++);
  }
  return { actions, drivers };
}

function inParts(name: string, { count, nanoseconds }: Parts): Action {
  return { kind: 'parts', name, count, nanoseconds };
}

function textOf(steps: readonly PlannedStep[]): string {
  return steps
    .map((step, k) =>
      step.kind === 'host'
        ? `step${k}: eval of ${step.node.op.name}`
        : step.parts === undefined
          ? printProcedure(step.procedure)
          : `in ${step.parts.count} parts: ${printProcedure(step.procedure)}`,
    )
    .join('\n');
}
