import { forLoop, i32, index, load, store } from '@cotangent/loops';
import type { Buffer, Statement } from '@cotangent/loops';
import type { Tensor } from '@cotangent/tensor';
import type { Apply } from '@cotangent/graph';
import type { Group } from './group.ts';
import type { Lazy } from './lazy.ts';

/** Dense values copied to a buffer. */
export interface Copy {
  readonly from: Buffer;
  readonly to: Buffer;
  readonly elements: number;
}

/** One step of a schedule: a loop nest, ready statements, or an op evaluated in JavaScript. */
export type Step =
  | { readonly kind: 'loops'; readonly group: Group }
  | {
      readonly kind: 'statements';
      readonly name: string;
      readonly statements: readonly Statement[];
      /** Values that the result begins with: copied there first, unless it lies in their place. */
      base?: Copy | undefined;
    }
  | HostStep;

/** An op without a lowering runs its own `eval` on views of the memory. */
export interface HostStep {
  readonly kind: 'host';
  readonly node: Apply;
  readonly inputs: readonly Lazy[];
  readonly outputs: readonly Buffer[];
}

/** A constant that lives in memory. */
export interface ResidentConstant {
  readonly buffer: Buffer;
  readonly value: Tensor;
}

/** A graph of known shapes as steps over buffers. */
export interface Schedule {
  readonly steps: readonly Step[];
  readonly inputs: readonly Buffer[];
  readonly constants: readonly ResidentConstant[];
  /** Views of memory with the results. */
  readonly outputs: readonly Lazy[];
  /** Elements of each buffer. */
  readonly sizes: ReadonlyMap<Buffer, number>;
}

/** The statements of a step that is not an op evaluated in JavaScript. */
export function statementsOf(step: Step): readonly Statement[] {
  if (step.kind === 'host') throw new Error(`wasm: ${step.node.op.name} has no statements`);
  if (step.kind === 'loops') return step.group.statements();
  return step.base === undefined ? step.statements : [copyOf(step.base), ...step.statements];
}

/** A copy as a loop. */
export function copyOf({ from, to, elements }: Copy): Statement {
  const k = index('k');
  return forLoop(k, i32(0), i32(elements), [store(to, k, load(from, k))], { vector: true });
}
