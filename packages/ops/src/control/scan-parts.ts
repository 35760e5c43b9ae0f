import { tensorType } from '@cotangent/graph';
import type { ConnectionPattern, InnerGraph, TensorType, Variable } from '@cotangent/graph';

/**
 * Attributes of the scan op. Inputs of `step`: one element of each sequence, the states, the constants; its
 * outputs: the new states, what is to be stacked, with `until` a condition at the end.
 */
export type ScanAttrs = {
  readonly step: InnerGraph;
  /** How many sequences, and how many states. */
  readonly sequences: number;
  readonly states: number;
  /** From the last element to the first; results are stacked at the places of the elements. */
  readonly reverse?: true;
  /** Stop after the step whose last output is true. The number of steps taken is one more output. */
  readonly until?: true;
  /** A last input says how many elements, from the first, are gone through. */
  readonly limited?: true;
  /** Its pullback keeps nothing of a step but the states before it, and computes the rest again. */
  readonly recompute?: true;
};

/** What a scan is made of: the inputs of its node, by their parts. */
export interface ScanParts {
  readonly step: InnerGraph;
  readonly sequences: readonly Variable[];
  /** The states before the first step. */
  readonly initial: readonly Variable[];
  /** What every step receives unchanged. */
  readonly constants: readonly Variable[];
  /** int32 scalar: the length of the sequences, and of what is stacked. */
  readonly length: Variable;
  /** int32 scalar: go through so many elements only. */
  readonly limit?: Variable | undefined;
  readonly reverse?: boolean;
  readonly until?: boolean;
  readonly recompute?: boolean;
}

/** The outputs of the node of a scan, by their parts. */
export interface ScanResult {
  /** The states after the last step; the initial ones if there is none. */
  readonly finals: readonly Variable[];
  /** What was stacked, along a new leading axis; zeros where no step was taken. */
  readonly stacked: readonly Variable[];
  /** With `until`: how many steps were taken. */
  readonly count: Variable | undefined;
}

/** Builds the node of a scan. */
export type ScanBuilder = (parts: ScanParts) => ScanResult;

/** The length of a loop that nothing but its condition ends: such a scan stacks nothing. */
export const unboundedLength: number = 2 ** 31 - 1;

/** The inputs of the node for these parts, in order. */
export function inputsOf({
  length,
  sequences,
  initial,
  constants,
  limit,
}: ScanParts): readonly Variable[] {
  return [length, ...sequences, ...initial, ...constants, ...(limit === undefined ? [] : [limit])];
}

export function attrsOf(parts: ScanParts): ScanAttrs {
  return {
    step: parts.step,
    sequences: parts.sequences.length,
    states: parts.initial.length,
    ...(parts.reverse === true && { reverse: true }),
    ...(parts.until === true && { until: true }),
    ...(parts.limit !== undefined && { limited: true }),
    ...(parts.recompute === true && { recompute: true }),
  };
}

/** One entry per input of a node, by the parts of the scan. */
export interface Split<T> {
  readonly length: T;
  readonly sequences: readonly T[];
  readonly states: readonly T[];
  readonly constants: readonly T[];
  readonly limit: T | undefined;
}

/** Splits a list with one entry per input of the node. */
export function splitInputs<T>(
  entries: readonly T[],
  { sequences, states, limited }: ScanAttrs,
): Split<T> {
  const end = entries.length - (limited === true ? 1 : 0);
  return {
    length: entries[0]!, // the node has this input at least
    sequences: entries.slice(1, 1 + sequences),
    states: entries.slice(1 + sequences, 1 + sequences + states),
    constants: entries.slice(1 + sequences + states, end),
    limit: entries[end],
  };
}

/** Splits a list with one entry per input of the step. */
export function splitStep<T>(
  entries: readonly T[],
  { sequences, states }: ScanAttrs,
): Pick<Split<T>, 'sequences' | 'states' | 'constants'> {
  return {
    sequences: entries.slice(0, sequences),
    states: entries.slice(sequences, sequences + states),
    constants: entries.slice(sequences + states),
  };
}

/** Splits a list with one entry per output of the step, or of the node: the last one is of `until`. */
export function splitOutputs<T>(
  entries: readonly T[],
  { states, until }: ScanAttrs,
): { readonly states: readonly T[]; readonly stacked: readonly T[]; readonly last: T | undefined } {
  const end = entries.length - (until === true ? 1 : 0);
  return {
    states: entries.slice(0, states),
    stacked: entries.slice(states, end),
    last: until === true ? entries[end] : undefined,
  };
}

/** The step of a node on the types of its inputs. */
export function stepOn(types: readonly TensorType[], attrs: ScanAttrs): InnerGraph {
  const { sequences, states, constants } = splitInputs(types, attrs);
  const elements = sequences.map((x) => ({ ...x, shape: x.shape.slice(1) }));
  return attrs.step.on([...elements, ...states.map(strong), ...constants]);
}

/** The parts of a node, its step on the types of its inputs. */
export function partsOf(inputs: readonly Variable[], attrs: ScanAttrs): ScanParts {
  const { length, sequences, states, constants, limit } = splitInputs(inputs, attrs);
  return {
    step: stepOn(
      inputs.map(({ type }) => type),
      attrs,
    ),
    sequences,
    initial: states,
    constants,
    length,
    ...(attrs.limited === true && { limit }),
    reverse: attrs.reverse === true,
    until: attrs.until === true,
    recompute: attrs.recompute === true,
  };
}

/** The dtype and shape of a type, not weak. */
export function strong({ dtype, shape }: TensorType): TensorType {
  return tensorType(dtype, shape);
}

/**
 * How a scan connects its states: which states a change of each reaches after any number of steps, itself
 * included.
 */
export class Flow {
  readonly #attrs: ScanAttrs;
  readonly #pattern: ConnectionPattern;
  readonly #stateRows: ConnectionPattern;

  constructor(attrs: ScanAttrs) {
    this.#attrs = attrs;
    this.#pattern = attrs.step.connectionPattern;
    this.#stateRows = splitStep(this.#pattern, attrs).states;
  }

  /** The states that a change of these reaches in time, themselves included. */
  forward(states: Iterable<number>): ReadonlySet<number> {
    return closure(states, (i) => this.#indices((j) => this.#stateRows[i]![j]!));
  }

  /** The states from which a change reaches these in time, themselves included. */
  backward(states: Iterable<number>): ReadonlySet<number> {
    return closure(states, (j) => this.#indices((i) => this.#stateRows[i]![j]!));
  }

  /** The states that input `k` of the step reaches within one step. */
  fedBy(k: number): readonly number[] {
    return this.#indices((j) => this.#pattern[k]![j]!);
  }

  /** The states that output `j` of the step depends on within one step. */
  feeding(j: number): readonly number[] {
    return this.#indices((i) => this.#stateRows[i]![j]!);
  }

  #indices(holds: (state: number) => boolean): readonly number[] {
    return Array.from({ length: this.#attrs.states }, (_, i) => i).filter(holds);
  }

  /** `pattern[input][output]` of the node. */
  nodePattern(): ConnectionPattern {
    const { sequences, states, step, until, limited } = this.#attrs;
    const stackedCount = step.outputs.length - states - (until === true ? 1 : 0);
    const columns = states + stackedCount;
    const none = Array.from({ length: columns + (until === true ? 1 : 0) }, () => false);
    const row = (k: number): readonly boolean[] => {
      const isState = k >= sequences && k < sequences + states;
      const reached = this.forward(isState ? [k - sequences] : this.fedBy(k));
      return none.map((_, j) => {
        if (j >= columns) return false;
        if (j < states) return reached.has(j);
        return (
          (!isState && this.#pattern[k]![j]!) || [...reached].some((m) => this.#stateRows[m]![j]!)
        );
      });
    };
    return [none, ...step.inputs.map((_, k) => row(k)), ...(limited === true ? [none] : [])];
  }
}

function closure(
  seeds: Iterable<number>,
  next: (i: number) => readonly number[],
): ReadonlySet<number> {
  const found = new Set(seeds);
  for (const i of found) for (const j of next(i)) found.add(j); // a set goes through what is added meanwhile
  return found;
}
