import {
  constant,
  isVariable,
  provablySameShape,
  rebuild,
  sameShape,
  shapeSourceOf,
  topologicalNodes,
} from '@cotangent/graph';
import type { Apply, Result, Tangent, Variable } from '@cotangent/graph';
import { broadcastLike, broadcastTo, expandDims, mul, neg } from '@cotangent/ops';

/**
 * The rank-0 variable that `x` repeats, if it is nothing but that: a broadcast scalar. Elementwise rules
 * take the scalar in its place, so that the copies are never made.
 */
// expandDims is a form of transpose, so permuted axes are looked through as well.
export function scalarBehind(x: Variable): Variable | undefined {
  let source = x;
  while (source.rank > 0) {
    if (source.kind !== 'result') return undefined;
    const { op, inputs } = source.owner;
    if (op !== broadcastTo.op && op !== expandDims.op) return undefined;
    source = inputs[0]!;
  }
  return source;
}

/** Whether `x` is the number 1 or −1, or repeats it, as the seed of a gradient does. */
function isUnit(x: Tangent): x is Variable {
  return isVariable(x) && unitOf(x) !== undefined;
}

function unitOf(x: Variable): 1 | -1 | undefined {
  const scalar = scalarBehind(x);
  if (scalar?.kind !== 'constant') return undefined;
  const value = scalar.value.item();
  return value === 1 || value === -1 ? value : undefined;
}

/** A repeated scalar, repeated in one step; anything else as it is. */
export function repeatedOnce(x: Variable, like: Variable): Variable {
  const scalar = scalarBehind(x);
  if (scalar === undefined || x.kind !== 'result' || x.owner.inputs[0] === scalar) return x;
  return x.rank === 0 ? x : broadcastLike(scalar, shapeSourceOf(like));
}

/** Carries out products with ±1 in terms of a node whose cotangent is that number. */
export function tidierFor(node: Apply, handed: readonly Tangent[]): (term: Variable) => Variable {
  if (!handed.some(isUnit)) return (term) => term;
  const boundary = new Set([...node.inputs, ...node.outputs, ...handed.filter(isVariable)]);
  return (term) => withoutUnits(term, boundary);
}

/**
 * What a rule built, products with ±1 carried out: 1 · f = f and −1 · f = −f, both exact. Only the nodes
 * between `term` and `boundary` are looked at.
 */
function withoutUnits(term: Variable, boundary: ReadonlySet<Variable>): Variable {
  const simplified = new Map<Variable, Variable>();
  const now = (x: Variable): Variable => simplified.get(x) ?? x;
  for (const node of topologicalNodes([term], { stop: boundary })) {
    for (const y of rebuild(node, node.inputs.map(now)).outputs) {
      simplified.set(node.outputs[y.index]!, carriedOut(y));
    }
  }
  return now(term);
}

function carriedOut(y: Result): Variable {
  const { op, inputs } = y.owner;
  const [a, b] = inputs;
  if (op === neg.op && y.rank === 0) {
    const unit = unitOf(a!);
    return unit === undefined ? y : constant(-unit, { dtype: y.dtype });
  }
  // By name: importing matmul would bring its kernels into every bundle that differentiates.
  if (op.name === 'matmul') return withoutUnitMatrix(y, a!, b!);
  if (op !== mul.op) return y;
  const [unit, factor] = unitOf(a!) === undefined ? [unitOf(b!), a!] : [unitOf(a!), b!];
  const isSame = factor.dtype === y.dtype && factor.type.weak === y.type.weak;
  if (unit === undefined || !isSame || !provablySameShape(factor, y)) return y;
  return unit === 1 ? factor : neg(factor);
}

/** A [n,1] or [1,n] matrix times the matrix [[1]] is itself. */
function withoutUnitMatrix(y: Result, a: Variable, b: Variable): Variable {
  const [unit, factor] = sameShape(a.shape, [1, 1]) && unitOf(a) === 1 ? [a, b] : [b, a];
  const isUnit = sameShape(unit.shape, [1, 1]) && unitOf(unit) === 1;
  return isUnit && factor.rank === 2 && factor.dtype === y.dtype ? factor : y;
}
