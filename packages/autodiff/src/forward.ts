import { isFloat } from '@cotangent/tensor';
import { floatZerosLike } from '@cotangent/ops';
import {
  disconnected,
  isAbsence,
  isDisconnected,
  isNull,
  isVariable,
  isZero,
  zero,
} from '@cotangent/graph';
import type { Apply, Tangent, Variable } from '@cotangent/graph';
import { TangentMap, castLike, projectOutput, sumTangents } from './accumulate.ts';
import type { EngineCall } from './call.ts';
import { checkCount, checkEntry, checkShape } from './check-terms.ts';
import { doublePullback } from './derived.ts';
import { contextOf, isConnected, pathBetween } from './path.ts';
import type { Path } from './path.ts';
import { repeatedOnce, scalarBehind, tidierFor } from './scalars.ts';

/** What forward mode is asked. */
export interface ForwardRequest {
  readonly outputs: readonly Variable[];
  /** Tangents that are given; those of one variable add, also to what flows into it. */
  readonly tangents: readonly (readonly [Variable, Tangent])[];
  /** Variables through which nothing is propagated. */
  readonly constants?: ReadonlySet<Variable>;
}

/**
 * ẏ = J ẋ for each output: one walk over the nodes between the given variables and the outputs, in
 * order of evaluation, each rule asked at most once. The exact transpose of reverse mode.
 */
export function forward(request: ForwardRequest, call: EngineCall): readonly Tangent[] {
  const wrt = request.tangents.map(([x]) => x);
  const constants = request.constants ?? new Set<Variable>();
  const path = pathBetween(wrt, request.outputs, constants);
  const dots = new TangentMap(path.nodes);
  for (const [x, xDot] of request.tangents) {
    dots.add(x, isVariable(xDot) ? castLike(x, xDot) : xDot);
  }
  for (const node of path.nodes) {
    if (!node.outputs.some(path.carries)) continue;
    const xDots = node.inputs.map((x) => dots.get(x));
    if (xDots.every(isDisconnected)) continue;
    tangentsOf(node, xDots, path, call).forEach((yDot, j) => {
      const y = node.outputs[j]!;
      if (!constants.has(y)) dots.add(y, yDot);
    });
  }
  return request.outputs.map((y) => dots.get(y));
}

/** The tangents of all outputs of a node, checked, in the outputs' shapes and dtypes. */
function tangentsOf(
  node: Apply,
  xDots: readonly Tangent[],
  path: Path,
  call: EngineCall,
): readonly Tangent[] {
  const pattern = path.patternOf(node);
  const liveAt = (j: number): readonly number[] =>
    xDots.map((_, i) => i).filter((i) => !isDisconnected(xDots[i]) && isConnected(pattern, i, j));
  const settled = node.outputs.map((_, j): Tangent | undefined => {
    const live = liveAt(j).map((i) => xDots[i]!);
    if (live.length === 0) return disconnected;
    return live.find(isNull) ?? (live.every(isZero) ? zero : undefined);
  });
  if (settled.every((yDot) => yDot !== undefined)) return settled;
  const handed = xDots.map((xDot) => tangentFor(node, xDot));
  const tidy = tidierFor(node, handed);
  const returned = checkCount(node, 'pushforward', askPushforward(node, handed, path, call));
  return returned.map((entry, j) => {
    const yDot = settled[j] ?? checkEntry(node, 'pushforward', entry, j);
    if (isAbsence(yDot)) return yDot;
    if (!isFloat(node.outputs[j]!.dtype)) return zero;
    const whole = liveAt(j).filter((i) => handed[i] === xDots[i]);
    const taken = whole.map((i) => node.inputs[i]!);
    const projected = projectOutput(node, j, tidy(yDot), taken);
    checkShape(node, 'pushforward', projected, node.outputs[j]!, j);
    return repeatedOnce(projected, node.outputs[j]!);
  });
}

/** A tangent as the rule of a node takes it; never null. */
function tangentFor(node: Apply, xDot: Tangent): Tangent {
  if (isNull(xDot)) return disconnected;
  if (node.op.elementwise === undefined || !isVariable(xDot)) return xDot;
  return scalarBehind(xDot) ?? xDot;
}

function askPushforward(
  node: Apply,
  handed: readonly Tangent[],
  path: Path,
  call: EngineCall,
): readonly Tangent[] {
  const context = contextOf(node, path, call);
  const rule = node.op.pushforward;
  if (rule === undefined) return doublePullback(handed, context, call);
  if (typeof rule !== 'function') {
    return [
      handed
        .map((xDot, i) => (isVariable(xDot) ? rule[i]!(xDot, context) : xDot))
        .reduce(sumTangents),
    ];
  }
  const filled = handed.map((xDot, i) =>
    isAbsence(xDot) && !node.op.handlesAbsent ? floatZerosLike(node.inputs[i]!) : xDot,
  );
  // An op that handles absences has declared that its rule takes them.
  return rule(filled as readonly Variable[], context);
}
