import { ArgumentTypeError, ValueError } from '@cotangent/tensor';
import type { Tensor } from '@cotangent/tensor';
import { noAttrs } from './apply.ts';
import { replace, replaceUnchecked } from './clone.ts';
import { ioConnectionPattern } from './connection.ts';
import type { ConnectionPattern } from './op.ts';
import { rootsOf, topologicalNodes } from './traversal.ts';
import { sameType } from './types.ts';
import type { TensorType } from './types.ts';
import { Input, isVariable } from './variable.ts';
import type { Variable } from './variable.ts';

/**
 * A function as data: the graph of `outputs` on `inputs`, which it may depend on and on nothing else but
 * constants. As an attribute of a node it is what the node applies: the step of a loop, a branch. Equal
 * inner graphs make equal nodes, are printed and saved with them.
 *
 * @throws ArgumentTypeError `GRAPH_INNER_INPUT` if an input is not an `Input` or is listed twice;
 *   ValueError `GRAPH_INNER_FREE` naming an input that `outputs` need beside those given.
 * @example const x = scalar('x'); new InnerGraph([x], [mul(x, x)]).applied([y]); // [mul(y, y)]
 */
export class InnerGraph {
  readonly inputs: readonly Input[];
  readonly outputs: readonly Variable[];
  // What follows from the graph, found when first asked for.
  #pattern: ConnectionPattern | undefined;
  #plan: Plan | undefined;
  #retyped: InnerGraph | undefined;

  constructor(inputs: readonly Input[], outputs: readonly Variable[]) {
    checkInner(inputs, outputs);
    this.inputs = inputs;
    this.outputs = outputs;
  }

  /** `pattern[input][output]`, from those of its nodes. */
  get connectionPattern(): ConnectionPattern {
    this.#pattern ??= ioConnectionPattern(this.inputs, this.outputs);
    return this.#pattern;
  }

  /** The outputs as a graph of other variables in place of the inputs, one for each. */
  applied(xs: readonly Variable[]): readonly Variable[] {
    return replace(this.outputs, new Map(this.inputs.map((x, i) => [x, xs[i]!] as const)));
  }

  /**
   * The same graph on inputs of other types: sizes known there are known inside, and what follows from dtypes
   * follows anew. It is itself if the types are those of its inputs.
   *
   * @throws what inference throws where an op does not take the types.
   */
  on(types: readonly TensorType[]): InnerGraph {
    if (hasTypes(this, types)) return this;
    if (this.#retyped !== undefined && hasTypes(this.#retyped, types)) return this.#retyped;
    const inputs = this.inputs.map(({ name }, i) => new Input(types[i]!, name));
    const swaps = new Map<Variable, Variable>(this.inputs.map((x, i) => [x, inputs[i]!] as const));
    this.#retyped = new InnerGraph(inputs, replaceUnchecked(this.outputs, swaps));
    return this.#retyped;
  }

  /**
   * The values of the outputs: one `eval` after another. What to do in which order is found once.
   *
   * @throws what an `eval` throws.
   */
  run(xs: readonly Tensor[]): readonly Tensor[] {
    this.#plan ??= planOf(this);
    const { steps, constants, outputs, slotCount } = this.#plan;
    const values: (Tensor | undefined)[] = Array.from({ length: slotCount });
    for (let k = 0; k < xs.length; k++) values[k] = xs[k];
    for (const { slot, value } of constants) values[slot] = value;
    for (const { node, inputs, first, types } of steps) {
      const results = node.op.eval(
        inputs.map((slot) => values[slot]!),
        node.attrs,
        types,
      );
      for (let j = 0; j < types.length; j++) values[first + j] = results[j];
    }
    return outputs.map((slot) => values[slot]!); // every slot was filled: the order guarantees it
  }

  /** `(float64[3], float64[]) => (float64[3])` */
  toString(): string {
    const list = (xs: readonly Variable[]): string => xs.map((x) => x.toString()).join(', ');
    return `(${list(this.inputs)}) => (${list(this.outputs)})`;
  }
}

/** The inner graphs among the attributes of a node, by the name of the attribute. */
export function innerGraphsOf(attrs: object): readonly (readonly [string, InnerGraph])[] {
  if (attrs === noAttrs) return [];
  return Object.entries(attrs).filter(
    (entry): entry is [string, InnerGraph] => entry[1] instanceof InnerGraph,
  );
}

/** An inner graph laid out for `run`: inputs in the first slots, then constants and results. */
interface Plan {
  readonly slotCount: number;
  readonly constants: readonly { readonly slot: number; readonly value: Tensor }[];
  readonly steps: readonly PlanStep[];
  readonly outputs: readonly number[];
}

interface PlanStep {
  readonly node: ReturnType<typeof topologicalNodes>[number];
  readonly inputs: readonly number[];
  readonly types: readonly TensorType[];
  /** Slot of the first output; the others follow. */
  readonly first: number;
}

function planOf({ inputs, outputs }: InnerGraph): Plan {
  const slots = new Map<Variable, number>();
  const constants: { slot: number; value: Tensor }[] = [];
  const slotOf = (x: Variable): number => {
    const known = slots.get(x);
    if (known !== undefined) return known;
    const slot = slots.size;
    slots.set(x, slot);
    if (x.kind === 'constant') constants.push({ slot, value: x.value });
    return slot;
  };
  inputs.forEach(slotOf);
  const steps = topologicalNodes(outputs).map((node): PlanStep => {
    const from = node.inputs.map(slotOf);
    const [first = slots.size] = node.outputs.map(slotOf);
    return { node, inputs: from, types: node.outputs.map((y) => y.type), first };
  });
  const results = outputs.map(slotOf);
  return { slotCount: slots.size, constants, steps, outputs: results };
}

function hasTypes({ inputs }: InnerGraph, types: readonly TensorType[]): boolean {
  return inputs.every(({ type }, i) => sameType(type, types[i]!) && type.weak === types[i]!.weak);
}

function checkInner(inputs: readonly Input[], outputs: readonly Variable[]): void {
  const given = new Set<Variable>(inputs);
  const wrong = inputs.findIndex((x) => !isVariable(x) || x.kind !== 'input');
  if (wrong >= 0 || given.size < inputs.length) {
    const what = wrong >= 0 ? `input ${wrong} is not an input of a graph` : 'an input occurs twice';
    throw new ArgumentTypeError(`InnerGraph: ${what}`, {
      code: 'GRAPH_INNER_INPUT',
      hint: "make the inner graph on inputs of its own: vector('x')",
      data: { position: wrong },
    });
  }
  const free = rootsOf(outputs).find((x) => x.kind === 'input' && !given.has(x));
  if (free === undefined) return;
  throw new ValueError(`InnerGraph: the graph also needs ${free.toString()}`, {
    code: 'GRAPH_INNER_FREE',
    hint: 'list it among the inputs',
    data: { input: free.toString() },
  });
}
