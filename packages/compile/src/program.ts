import type { Tensor } from '@cotangent/tensor';
import { topologicalNodes } from '@cotangent/graph';
import type { Apply, Input, TensorType, Variable } from '@cotangent/graph';

/** One step of a {@link Program}: an apply node, its variables as slot numbers. */
export interface ProgramNode {
  readonly apply: Apply;
  readonly inputs: readonly number[];
  readonly outputs: readonly number[];
  /** Types of the outputs, as `eval` takes them. */
  readonly types: readonly TensorType[];
  /** Slots that nothing needs after this node. */
  readonly released: readonly number[];
}

/** A constant of a {@link Program}. */
export interface ProgramConstant {
  readonly slot: number;
  readonly value: Tensor;
}

/**
 * A graph laid out for execution. Every variable has a slot, a number from 0 to `slotCount` − 1: the
 * inputs first, in their order, then constants and results. A slot is written once.
 */
export interface Program {
  readonly slotCount: number;
  /** In an order in which every node comes after those it needs. */
  readonly nodes: readonly ProgramNode[];
  /** Arguments and then shared variables, in the order in which `run` receives their values. */
  readonly inputs: readonly Input[];
  readonly constants: readonly ProgramConstant[];
  /** The outputs themselves. */
  readonly results: readonly Variable[];
  /** Slots of the outputs; one may occur more than once, be an input or a constant. */
  readonly outputs: readonly number[];
  /** The variable behind each slot. */
  readonly variables: readonly Variable[];
  /**
   * For each slot the number of the last node that needs it; the number of nodes if it is an output, the
   * number of its own node if it is never used, −1 for an input or constant never used.
   */
  readonly lastUse: Int32Array;
}

/** Lays out the graph of `outputs`, when it is first asked how. Takes linear time. */
export function buildProgram(inputs: readonly Input[], outputs: readonly Variable[]): Program {
  let known: Layout | undefined;
  const layout = (): Layout => (known ??= layOut(inputs, outputs));
  return {
    inputs,
    results: outputs,
    get slotCount() {
      return layout().variables.length;
    },
    get nodes() {
      return layout().nodes;
    },
    get constants() {
      return layout().constants;
    },
    get outputs() {
      return layout().outputs;
    },
    get variables() {
      return layout().variables;
    },
    get lastUse() {
      return layout().lastUse;
    },
  };
}

type Layout = Pick<Program, 'nodes' | 'constants' | 'outputs' | 'variables' | 'lastUse'>;

function layOut(inputs: readonly Input[], outputs: readonly Variable[]): Layout {
  const slots = new Map<Variable, number>();
  const variables: Variable[] = [];
  const allot = (x: Variable): number => {
    slots.set(x, variables.length);
    return variables.push(x) - 1;
  };
  const slotOf = (x: Variable): number => slots.get(x) ?? allot(x);
  inputs.forEach(allot);
  const constants: ProgramConstant[] = [];
  const nodes = topologicalNodes(outputs);
  const meet = (x: Variable): void => {
    if (x.kind !== 'constant' || slots.has(x)) return;
    constants.push({ slot: allot(x), value: x.value });
  };
  for (const node of nodes) node.inputs.forEach(meet);
  outputs.forEach(meet);
  const steps = nodes.map((apply) => ({
    apply,
    inputs: apply.inputs.map(slotOf),
    outputs: apply.outputs.map(allot),
    types: apply.outputs.map((y) => y.type),
    released: [] as number[],
  }));
  const results = outputs.map(slotOf);
  const lastUse = lastUses(steps, results, variables.length);
  lastUse.forEach((last, slot) => steps[last]?.released.push(slot));
  return { nodes: steps, constants, outputs: results, variables, lastUse };
}

function lastUses(
  nodes: readonly Pick<ProgramNode, 'inputs' | 'outputs'>[],
  outputs: readonly number[],
  slotCount: number,
): Int32Array {
  const lastUse = new Int32Array(slotCount).fill(-1);
  nodes.forEach((node, index) => {
    for (const slot of node.outputs) lastUse[slot] = index;
    for (const slot of node.inputs) lastUse[slot] = index;
  });
  for (const slot of outputs) lastUse[slot] = nodes.length;
  return lastUse;
}

/** The same program with other outputs. */
export function withOutputs(program: Program, outputs: readonly number[]): Program {
  const lastUse = lastUses(program.nodes, outputs, program.slotCount);
  const released = program.nodes.map((): number[] => []);
  lastUse.forEach((last, slot) => released[last]?.push(slot));
  const nodes = program.nodes.map((node, i) => ({ ...node, released: released[i]! }));
  const results = outputs.map((slot) => program.variables[slot]!);
  return { ...program, nodes, results, outputs, lastUse };
}
