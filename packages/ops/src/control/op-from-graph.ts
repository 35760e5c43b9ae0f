import type { Tensor } from '@cotangent/tensor';
import {
  ArgumentTypeError,
  Input,
  ValueError,
  asVariable,
  defineOp,
  ioConnectionPattern,
  isVariable,
  replace,
  rootsOf,
  sameType,
  topologicalNodes,
} from '@cotangent/graph';
import type {
  ConnectionPattern,
  OpFunction,
  Operand,
  RuleContext,
  Tangent,
  TensorType,
  Variable,
} from '@cotangent/graph';
import { castTo } from '../cast.ts';

/** Rules that take the place of those of the inner graph. */
export interface GraphRules {
  /** x̄ from ȳ: one entry per input. */
  readonly pullback?: (yBars: readonly Variable[], context: RuleContext) => readonly Tangent[];
  /** ẏ from ẋ: one entry per output. */
  readonly pushforward?: (xDots: readonly Variable[], context: RuleContext) => readonly Tangent[];
  /** `pattern[input][output]`; default: that of the inner graph. */
  readonly connectionPattern?: ConnectionPattern;
  /** Default `graph`: appears in errors and printed graphs. */
  readonly name?: string;
}

/**
 * A subgraph as one op. Its rules differentiate the inner graph, unless `rules` says otherwise; a mode
 * whose rule is not given there is derived from the one that is.
 *
 * @param inputs - the inputs of the inner graph; it may depend on nothing else but constants.
 * @param outputs - what the op computes.
 * @returns a function that takes one operand per input, of its dtype and shape, and returns one variable
 *   per output.
 * @throws ArgumentTypeError if an input is not an `Input`; ValueError `OP_GRAPH_FREE_INPUT` naming an
 *   input that `outputs` need beside those given.
 * @example
 * const x = vector('x');
 * const normalize = opFromGraph([x], [div(x, sum(x))]);
 * const [p] = normalize(counts);
 */
export function opFromGraph(
  inputs: readonly Input[],
  outputs: readonly Variable[],
  rules: GraphRules = {},
): (...args: readonly Operand[]) => readonly Variable[] {
  checkInner(inputs, outputs);
  const name = rules.name ?? 'graph';
  const op: OpFunction<number, number> = defineOp<number, number>(
    name,
    { inputs: 'variadic', outputs: 'variadic' },
    {
      infer: (types, _, xs) => outputTypes(inputs, outputs, types, xs),
      connectionPattern: rules.connectionPattern ?? ioConnectionPattern(inputs, outputs),
      ...rulesFor(inputs, outputs, rules),
      foldable: false,
      eval: evaluator(inputs, outputs),
    },
  );
  return (...args) => {
    if (args.length !== inputs.length) {
      throw new ValueError(`${name}: expected ${inputs.length} inputs, got ${args.length}`, {
        code: 'GRAPH_INPUT_COUNT',
        data: { op: name, expected: inputs.length, got: args.length },
      });
    }
    // A literal takes the dtype of the input that it stands for.
    return op(
      args.map((arg, k) => {
        const x = asVariable(arg, name, k);
        const { weak, dtype } = inputs[k]!.type;
        return x.type.weak === true && weak !== true ? castTo(x, dtype) : x;
      }),
    );
  };
}

/** Types of the outputs; the graph is only looked into if the inputs are not of the types it was built on. */
function outputTypes(
  inputs: readonly Input[],
  outputs: readonly Variable[],
  types: readonly TensorType[],
  xs: readonly Variable[],
): readonly TensorType[] {
  const isSame = inputs.every(
    ({ type }, i) => sameType(type, types[i]!) && type.weak === types[i]!.weak,
  );
  const results = isSame ? outputs : replace(outputs, pairs(inputs, xs));
  return results.map((y) => y.type);
}

/** The caller's rules, or those of the inner graph if it has none of its own. */
function rulesFor(
  inputs: readonly Input[],
  outputs: readonly Variable[],
  { pullback, pushforward }: GraphRules,
): Pick<GraphRules, 'pullback' | 'pushforward'> {
  if (pullback !== undefined || pushforward !== undefined) {
    return { ...(pullback && { pullback }), ...(pushforward && { pushforward }) };
  }
  return {
    pullback: (yBars, context) =>
      onActual(context.engine.pullback(outputs, yBars, inputs), inputs, context.inputs),
    pushforward: (xDots, context) =>
      onActual(context.engine.pushforward(outputs, inputs, xDots), inputs, context.inputs),
  };
}

/** Derivatives of the inner graph, on the op's actual inputs. */
function onActual(
  tangents: readonly Tangent[],
  inputs: readonly Input[],
  actual: readonly Variable[],
): readonly Tangent[] {
  const present = replace(tangents.filter(isVariable), pairs(inputs, actual)).values();
  return tangents.map((tangent) =>
    isVariable(tangent) ? (present.next().value ?? tangent) : tangent,
  );
}

function pairs(from: readonly Variable[], to: readonly Variable[]): Map<Variable, Variable> {
  return new Map(from.map((x, i) => [x, to[i]!] as const));
}

/** Evaluates the inner graph, node by node; the order is found once. */
function evaluator(
  inputs: readonly Input[],
  outputs: readonly Variable[],
): (xs: readonly Tensor[]) => readonly Tensor[] {
  const nodes = topologicalNodes(outputs, { stop: new Set(inputs) });
  return (xs) => {
    const values = new Map<Variable, Tensor>(inputs.map((x, i) => [x, xs[i]!] as const));
    const valueOf = (x: Variable): Tensor => (x.kind === 'constant' ? x.value : values.get(x)!); // checkInner: every root is given
    for (const node of nodes) {
      const types = node.outputs.map((y) => y.type);
      const results = node.op.eval(node.inputs.map(valueOf), node.attrs, types);
      node.outputs.forEach((y, j) => values.set(y, results[j]!));
    }
    return outputs.map(valueOf);
  };
}

function checkInner(inputs: readonly Input[], outputs: readonly Variable[]): void {
  inputs.forEach((x, position) => {
    if (isVariable(x) && x.kind === 'input') return;
    throw new ArgumentTypeError(`opFromGraph: input ${position} is not an input of a graph`, {
      code: 'OP_GRAPH_INPUT',
      hint: "make the inner graph on inputs of its own: vector('x')",
      data: { position },
    });
  });
  const given = new Set<Variable>(inputs);
  const free = rootsOf(outputs).find((x) => x.kind === 'input' && !given.has(x));
  if (free === undefined) return;
  throw new ValueError(`opFromGraph: the graph also needs ${free.toString()}`, {
    code: 'OP_GRAPH_FREE_INPUT',
    hint: 'list it among the inputs',
    data: { variable: free },
  });
}
