import { elementAt, ifThen, isNonzero } from '@cotangent/loops';
import type { LoweringContext, Statement } from '@cotangent/loops';
import { resultType, strongDType } from '@cotangent/tensor';
import {
  Input,
  InnerGraph,
  ShapeError,
  ValueError,
  asVariable,
  callable,
  defineOp,
  formatShape,
  formatType,
  isNull,
  isVariable,
  promotableOf,
  replace,
  rootsOf,
  tensorType,
  withRecordedNodes,
  zero,
} from '@cotangent/graph';
import type {
  Apply,
  BatchContext,
  BatchEntry,
  Callable,
  OpFunction,
  OpSample,
  Operand,
  RuleContext,
  Tangent,
  TensorType,
  Variable,
} from '@cotangent/graph';
import { batchOf, batched } from '../batch.ts';
import { castTo } from '../cast.ts';
import { mul } from '../elementwise/arithmetic.ts';
import { exp } from '../elementwise/exponential.ts';
import { floatZerosLike } from '../shape/broadcast.ts';
import { whole } from '../shape/whole.ts';
import { enclosed, returnedVariables } from './capture.ts';

/** Attributes: the branches, both on all inputs behind the condition. */
type BranchAttrs = { readonly then: InnerGraph; readonly otherwise: InnerGraph };
type Context = RuleContext<number, number, BranchAttrs>;

/** y = then(x) if c, else otherwise(x).  x̄ = ifElse(c, thenᵀ ȳ, otherwiseᵀ ȳ), ẏ alike; c̄ = 0. */
const ifElseOp: OpFunction<number, number, BranchAttrs> = defineOp<number, number, BranchAttrs>(
  'ifElse',
  { inputs: 'variadic', outputs: 'variadic' },
  {
    infer: ([condition, ...types], attrs) => inferBranches(condition!, types, attrs),
    connectionPattern: ({ attrs, outputs }) => {
      const { then, otherwise } = attrs as BranchAttrs; // defineOp made them
      return [
        outputs.map(() => true),
        ...then.inputs.map((_, i) =>
          outputs.map(
            (_y, j) => then.connectionPattern[i]![j]! || otherwise.connectionPattern[i]![j]!,
          ),
        ),
      ];
    },
    handlesAbsent: true,
    pushforward: (xDots, context) => pushed(xDots, context),
    pullback: (yBars, context) => pulled(yBars, context),
    batch: (entries, context) => batchBranches(entries, context),
    eval: ([condition, ...xs], { then, otherwise }) =>
      (condition!.item() === 0 ? otherwise : then).run(xs),
    lower: lowerBranches,
    simplify: { node: simplified, absorb: absorbed },
    samples: /* @__PURE__ */ branchSamples(),
  },
);

/** A branch: what it gives, or a function that builds it inside the branch. */
export type Branch = Operand | (() => Variable);
/** A branch with several outputs. */
export type Branches = () => readonly Variable[];

interface IfElse {
  (condition: Operand, then: Branch, otherwise: Branch): Variable;
  (condition: Operand, then: Branches, otherwise: Branches): readonly Variable[];
}

/**
 * One of two branches, by a condition that is known when the graph is run: only the branch that is taken is
 * evaluated, in derivatives too. `where` computes both and chooses element by element.
 *
 * @param condition - a scalar: bool, or of another dtype and true unless 0. Nothing is differentiated by it.
 * @param then - a function without arguments that builds the branch: all that it builds is inside. Or a
 *   variable: then what only this branch needs is moved inside when a function is compiled, but derivatives of it
 *   by what lies behind it are evaluated in any case, with zeros for a branch not taken.
 * @param otherwise - the same for a condition that is false; as many outputs, of the same ranks. Dtypes promote.
 * @returns one variable, or as many as the branches return in arrays. Where the branches differ in the size of an
 *   axis, it is known at run time only.
 * @throws ShapeError `OP_BRANCH_SHAPE` if ranks differ, or the condition is no scalar; ValueError
 *   `OP_BRANCH_RESULTS` if the numbers of outputs differ; ArgumentTypeError `GRAPH_NOT_A_VARIABLE`.
 * @example ifElse(gt(x, 0), () => log(x), () => constant(-Infinity))
 */
export const ifElse: Callable<IfElse> = callable(ifElseOp.op, choose as IfElse); // one implementation for both forms

function choose(
  condition: Operand,
  then: Branch | Branches,
  otherwise: Branch | Branches,
): Variable | readonly Variable[] {
  const first = built(then, 1);
  const second = built(otherwise, 2);
  checkCounts(first.outputs, second.outputs);
  const dtypes = first.outputs.map((y, j) =>
    strongDType(resultType([y, second.outputs[j]!].map((x) => promotableOf(x.type)))),
  );
  const { value, nodes } = withRecordedNodes(() =>
    [first, second].map(({ outputs }) => outputs.map((y, j) => castTo(y, dtypes[j]!))),
  );
  const own = new Set([...first.nodes, ...second.nodes, ...nodes]);
  const results = branchesOf(asVariable(condition, 'ifElse'), value[0]!, value[1]!, own);
  return first.isSingle && second.isSingle ? results[0]! : results;
}

/** The node whose branches are the nodes of `own` beneath these outputs. */
function branchesOf(
  condition: Variable,
  then: readonly Variable[],
  otherwise: readonly Variable[],
  own: ReadonlySet<Apply>,
): readonly Variable[] {
  // Both are cut at the same variables, so that each is a graph of all of them.
  const cut = enclosed([...then, ...otherwise], own);
  const attrs = {
    then: new InnerGraph(cut.inside, cut.outputs.slice(0, then.length)),
    otherwise: new InnerGraph(cut.inside, cut.outputs.slice(then.length)),
  };
  return ifElseOp([condition, ...cut.outside], attrs);
}

interface Built {
  readonly outputs: readonly Variable[];
  readonly nodes: ReadonlySet<Apply>;
  readonly isSingle: boolean;
}

function built(branch: Branch | Branches, position: number): Built {
  if (typeof branch !== 'function') {
    const nodes = new Set<Apply>();
    return { outputs: [asVariable(branch, 'ifElse', position)], nodes, isSingle: true };
  }
  const { value, nodes } = withRecordedNodes<unknown>(branch);
  const outputs = returnedVariables(value, 'ifElse', `branch ${position}`);
  return { outputs, nodes, isSingle: !Array.isArray(value) };
}

function checkCounts(then: readonly Variable[], otherwise: readonly Variable[]): void {
  if (then.length === otherwise.length) return;
  const [a, b] = [then.length, otherwise.length];
  throw new ValueError(`ifElse: the branches have ${a} and ${b} outputs`, {
    code: 'OP_BRANCH_RESULTS',
    hint: 'both branches give the same things',
    data: { op: 'ifElse', then: a, otherwise: b },
  });
}

function inferBranches(
  condition: TensorType,
  types: readonly TensorType[],
  attrs: BranchAttrs,
): readonly TensorType[] {
  if (condition.shape.length > 0) {
    throw new ShapeError(`ifElse: the condition has shape ${formatShape(condition.shape)}`, {
      code: 'OP_BRANCH_SHAPE',
      hint: 'it is a scalar; where chooses element by element',
      data: { op: 'ifElse', shape: condition.shape },
    });
  }
  const then = attrs.then.on(types).outputs;
  const otherwise = attrs.otherwise.on(types).outputs;
  checkCounts(then, otherwise);
  return then.map((a, j) => jointType(a.type, otherwise[j]!.type, j));
}

function jointType(then: TensorType, otherwise: TensorType, position: number): TensorType {
  if (then.dtype !== otherwise.dtype || then.shape.length !== otherwise.shape.length) {
    const types = `${formatType(then)} and ${formatType(otherwise)}`;
    throw new ShapeError(`ifElse: output ${position} is ${types}`, {
      code: 'OP_BRANCH_SHAPE',
      hint: 'both branches give the same dtype and the same number of axes',
      data: { op: 'ifElse', position, then, otherwise },
    });
  }
  const shape = then.shape.map((n, axis) => (n === otherwise.shape[axis] ? n : null));
  return tensorType(then.dtype, shape);
}

/** x̄ of both branches under the same condition; in a branch that does not reach an input it is 0. */
function pulled(yBars: readonly Tangent[], context: Context): readonly Tangent[] {
  const { inputs, attrs, engine, needs } = context;
  const [condition, ...xs] = inputs;
  const present = yBars.flatMap((yBar, j) => (isVariable(yBar) ? [j] : []));
  const bars = present.map((j) => floatInput(attrs.then.outputs[j]!, yBars[j]!));
  const asked = xs.flatMap((_, i) => (needs[i + 1] === true ? [i] : []));
  const terms = branchGraphs(attrs).map(({ inputs: inner, outputs }) =>
    engine.pullback(
      present.map((j) => outputs[j]!),
      bars,
      asked.map((i) => inner[i]!),
    ),
  );
  const outside = present.map((j) => yBars[j]!).filter(isVariable);
  const like = asked.map((i) => attrs.then.inputs[i]!);
  const operands = [condition!, ...xs, ...outside];
  const results = differentiated(terms, [like, like], [...attrs.then.inputs, ...bars], operands);
  return [zero, ...xs.map((_, i) => results[asked.indexOf(i)] ?? zero)];
}

/** ẏ of both branches under the same condition. */
function pushed(xDots: readonly Tangent[], context: Context): readonly Tangent[] {
  const { inputs, attrs, engine } = context;
  const graphs = branchGraphs(attrs);
  const moved = xDots.slice(1).flatMap((xDot, i) => (isVariable(xDot) ? [i] : []));
  const dots = moved.map((i) => floatInput(attrs.then.inputs[i]!, xDots[i + 1]!));
  const tangents = graphs.map((graph) =>
    engine.pushforward(
      graph.outputs,
      moved.map((i) => graph.inputs[i]!),
      dots,
    ),
  );
  const outside = moved.map((i) => xDots[i + 1]!).filter(isVariable);
  const like = graphs.map((graph) => graph.outputs);
  const all = [...attrs.then.inputs, ...dots];
  return differentiated(tangents, like, all, [...inputs, ...outside]);
}

/** Both branches as graphs of the same inputs: those of the first. */
function branchGraphs({ then, otherwise }: BranchAttrs): readonly InnerGraph[] {
  return [then, new InnerGraph(then.inputs, otherwise.applied(then.inputs))];
}

function floatInput(like: Variable, tangent: Tangent): Input {
  const dtype = isVariable(tangent) ? tangent.dtype : like.dtype;
  return new Input(tensorType(dtype, like.shape), like.name);
}

/**
 * Derivatives of the branches as branches of a new node: zeros where one has none. Where one does not exist,
 * it does not exist for the whole.
 *
 * @param like - for each branch and each derivative, what the derivative has the shape of.
 * @param inputs - of the new branches; `operands` are their values, behind the condition.
 */
function differentiated(
  branches: readonly (readonly Tangent[])[],
  like: readonly (readonly Variable[])[],
  inputs: readonly Input[],
  operands: readonly Variable[],
): readonly Tangent[] {
  const [first, second] = [branches[0]!, branches[1]!];
  const isLive = (k: number): boolean =>
    !branches.some((list) => isNull(list[k])) && branches.some((list) => isVariable(list[k]));
  const live = first.flatMap((_, k) => (isLive(k) ? [k] : []));
  if (live.length === 0) return first.map((_, k) => [first[k]!, second[k]!].find(isNull) ?? zero);
  const graphs = branches.map((list, branch) => {
    const others = branches[1 - branch]!;
    const outputs = live.map((k) => orZeros(list[k]!, others[k]!, like[branch]![k]!));
    return new InnerGraph(inputs, outputs);
  });
  const results = ifElseOp(operands, { then: graphs[0]!, otherwise: graphs[1]! });
  return first.map((_, k): Tangent => {
    if (live.includes(k)) return results[live.indexOf(k)]!;
    return [first[k]!, second[k]!].find(isNull) ?? zero;
  });
}

function orZeros(tangent: Tangent, other: Tangent, like: Variable): Variable {
  if (isVariable(tangent)) return tangent;
  const zeros = floatZerosLike(like);
  return isVariable(other) ? castTo(zeros, other.dtype) : zeros;
}

/** Both branches batched; not if the elements of the batch differ in the condition. */
function batchBranches(
  [condition, ...entries]: readonly BatchEntry[],
  { attrs, vectorize }: BatchContext<BranchAttrs>,
): readonly BatchEntry[] | undefined {
  if (condition!.isBatched) return undefined;
  const like = batchOf(entries);
  const inputs = attrs.then.inputs.map((x, i) =>
    entries[i]!.isBatched
      ? new Input({ ...x.type, shape: [like.shape[0] ?? null, ...x.shape] }, x.name)
      : x,
  );
  const first = inputs.find((_, i) => entries[i]!.isBatched)!; // one is: the condition is not
  const graphs = [attrs.then, attrs.otherwise].map((graph) => {
    const known = graph.inputs.map((x, i) => {
      return [x, { value: inputs[i]!, isBatched: entries[i]!.isBatched }] as const;
    });
    const outputs = vectorize(graph.outputs, new Map<Variable, BatchEntry>(known));
    return new InnerGraph(
      inputs,
      outputs.map((y) => whole(y, first)),
    );
  });
  const operands = [condition!.value, ...entries.map(({ value }) => value)];
  return ifElseOp(operands, { then: graphs[0]!, otherwise: graphs[1]! }).map(batched);
}

/** ifElse(constant, a, b) = the branch; outputs that nothing needs and inputs that no branch needs are dropped. */
function simplified(node: Apply, isUsed: readonly boolean[]): readonly Variable[] | undefined {
  const { then, otherwise } = node.attrs as BranchAttrs; // defineOp made them
  const [condition, ...xs] = node.inputs;
  if (condition?.kind === 'constant') {
    return (condition.value.item() === 0 ? otherwise : then).applied(xs);
  }
  const kept = node.outputs.flatMap((_, j) => (isUsed[j] === true ? [j] : []));
  const graphs = [then, otherwise].map(({ outputs }) => kept.map((j) => outputs[j]!));
  const used = graphs.map((outputs) => new Set<Variable>(rootsOf(outputs)));
  const places = xs.flatMap((x, i) => {
    const isRead = used[0]!.has(then.inputs[i]!) || used[1]!.has(otherwise.inputs[i]!);
    return isRead && xs.indexOf(x) === i ? [i] : [];
  });
  const isSame = kept.length === node.outputs.length && places.length === xs.length;
  if (isSame || kept.length === 0) return undefined;
  const [first, second] = [then, otherwise].map(({ inputs }, branch) => {
    const swaps = xs.map((x, i) => [inputs[i]!, inputs[xs.indexOf(x)]!] as const);
    const outputs = replace(graphs[branch]!, new Map(swaps.filter(([from, to]) => from !== to)));
    return new InnerGraph(
      places.map((i) => inputs[i]!),
      outputs,
    );
  });
  const operands = [condition!, ...places.map((i) => xs[i]!)];
  const results = ifElseOp(operands, { then: first!, otherwise: second! });
  return node.outputs.map((y, j) => (isUsed[j] === true ? results[kept.indexOf(j)]! : y));
}

/** What only one branch needs, inside it. */
function absorbed(
  node: Apply,
  onlyFor: (positions: readonly number[]) => readonly Apply[],
): readonly Variable[] | undefined {
  const { then, otherwise } = node.attrs as BranchAttrs; // defineOp made them
  const [condition, ...xs] = node.inputs;
  const reads = [then, otherwise].map(({ inputs, outputs }) => {
    const roots = new Set<Variable>(rootsOf(outputs));
    return xs.flatMap((_, i) => (roots.has(inputs[i]!) ? [i] : []));
  });
  const own = reads.flatMap((positions, branch) =>
    onlyFor(positions.filter((i) => !reads[1 - branch]!.includes(i)).map((i) => i + 1)),
  );
  if (own.length === 0) return undefined;
  const { value, nodes } = withRecordedNodes(() => [then.applied(xs), otherwise.applied(xs)]);
  return branchesOf(condition!, value[0]!, value[1]!, new Set([...own, ...nodes]));
}

/** Both branches as graphs of their own, of which one is run. */
function lowerBranches({
  inputs: [condition, ...inputs],
  outputs,
  attrs,
  inner,
}: LoweringContext<BranchAttrs>): readonly Statement[] | undefined {
  const [then, otherwise] = [attrs.then, attrs.otherwise].map((graph) => {
    const made = inner({ graph, inputs, outputs });
    return made && [...made.before, ...made.each];
  });
  if (then === undefined || otherwise === undefined) return undefined;
  return [ifThen(isNonzero(elementAt(condition!, [])), then, otherwise)];
}

function branchSamples(): readonly OpSample<BranchAttrs>[] {
  const [x, y] = ['x', 'y'].map((name) => new Input(tensorType('float64', [2]), name));
  const then = new InnerGraph([x!, y!], [mul(x!, y!)]);
  const otherwise = new InnerGraph([x!, y!], [exp(y!)]);
  const attrs = { then, otherwise };
  return [true, false].map((value) => ({
    name: String(value),
    inputs: [{ value, dtype: 'bool' }, [0.5, -1.5], [2, 0.3]],
    attrs,
  }));
}
