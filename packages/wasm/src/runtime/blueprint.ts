import type { Shapes } from '@cotangent/compile';
import { printProcedure } from '@cotangent/loops';
import type { Buffer, Procedure } from '@cotangent/loops';
import type { Driver } from '../emit/module.ts';
import { emitModule } from '../emit/module.ts';
import { elementaryFunctions } from '../functions/elementary.ts';
import { scratchBytes } from '../kernels/statement.ts';
import type { HostStep, Schedule } from '../lower/schedule.ts';
import { pagesFor } from './engine.ts';
import { planMemory } from './memory.ts';
import { lifetimesOf, plannedSteps } from './procedures.ts';
import type { PlannedStep } from './procedures.ts';

/** One thing to do in a run: call a driver of the module, or evaluate an op in JavaScript. */
export type Action = { readonly kind: 'driver'; readonly name: string } | HostStep;

/** A schedule as code and addresses: everything that instances with memories of their own share. */
export interface Blueprint {
  readonly schedule: Schedule;
  readonly shapes: Shapes;
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly pages: number;
  readonly addresses: ReadonlyMap<Buffer, number>;
  readonly actions: readonly Action[];
  /** The steps as text, loops in the loop language. */
  explain(): string;
}

/**
 * Plans memory for a schedule and emits its module. Steps between two ops that are evaluated in JavaScript
 * are called by one driver function: a call into a module costs more than a call inside.
 *
 * @param shapes - of the inputs.
 * @throws ValueError `WASM_TOO_LARGE` if 4 GiB, or 2³¹ − 1 elements of anything, do not suffice.
 */
export function draw(schedule: Schedule, shapes: Shapes): Blueprint {
  const { steps, procedures, addresses, pages, scratch } = layOut(schedule);
  const { actions, drivers } = actionsOf(steps);
  const bytes = emitModule(procedures, {
    addresses,
    pages,
    scratch,
    functions: elementaryFunctions,
    drivers,
  });
  return { schedule, shapes, bytes, pages, addresses, actions, explain: () => textOf(steps) };
}

/** A schedule as procedures over one memory. */
export interface Layout {
  readonly steps: readonly PlannedStep[];
  readonly procedures: readonly Procedure[];
  readonly addresses: ReadonlyMap<Buffer, number>;
  /** Where the memory begins that matrix products may overwrite. */
  readonly scratch: number;
  readonly pages: number;
}

/**
 * Plans memory for a schedule.
 *
 * @throws ValueError `WASM_TOO_LARGE`.
 */
export function layOut(schedule: Schedule): Layout {
  const steps = plannedSteps(schedule);
  const { addresses, bytes: scratch } = planMemory(lifetimesOf(schedule, steps));
  const procedures = steps.flatMap((step) => (step.kind === 'procedure' ? [step.procedure] : []));
  const pages = pagesFor(scratch + scratchBytes(procedures));
  return { steps, procedures, addresses, scratch, pages };
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
    if (step.kind === 'host') {
      actions.push(step);
      calls = undefined;
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

function textOf(steps: readonly PlannedStep[]): string {
  return steps
    .map((step, k) =>
      step.kind === 'host'
        ? `step${k}: eval of ${step.node.op.name}`
        : printProcedure(step.procedure),
    )
    .join('\n');
}
