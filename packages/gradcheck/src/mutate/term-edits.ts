import { isFloat } from '@cotangent/tensor';
import {
  disconnected,
  isDisconnected,
  isKnownShape,
  isVariable,
  isZero,
  zero,
} from '@cotangent/graph';
import type { Tangent, Variable } from '@cotangent/graph';
import {
  abs,
  add,
  castTo,
  concatenate,
  disconnectedGrad,
  matrixTranspose,
  maximum,
  mul,
  neg,
  slice,
} from '@cotangent/ops';
import { canReplace, substituted, variablesOf } from './edit.ts';
import type { Edit, MutationOperator, Scene } from './edit.ts';

/** Relative errors of a factor: from one that anyone sees to one that tolerances hide. */
const relativeErrors: readonly number[] = [1, 0.1, 1e-2, 1e-4, 1e-6];

/** Changes to a derivative as a whole, and to what it depends on. */
export function termEdits(term: Tangent, scene: Scene): readonly Edit[] {
  if (!isVariable(term)) return [leak];
  const edits = [...wholeEdits, ...seedEdits, ...primalEdits(term, scene)];
  return scene.isElementwise ? edits : [...edits, ...layoutEdits];
}

/** An edit of a derivative that is there. */
function edit(
  operator: MutationOperator,
  text: string,
  change: (term: Variable, scene: Scene) => Tangent | undefined,
  key = '',
): Edit {
  const apply: Edit['apply'] = (term, scene) =>
    isVariable(term) ? change(term, scene) : undefined;
  return { operator, key, text, apply };
}

/** The seed where nothing should be: the derivative of a step taken to be 1. */
const leak: Edit = {
  operator: 'leak',
  key: '',
  text: 'the seed itself instead of an absence',
  apply: (term, { seeds: [seed], inputs, outputs }) => {
    if (!isZero(term) && !isDisconnected(term)) return undefined;
    const isWhole = [...inputs, ...outputs].every(
      (x) => isFloat(x.dtype) && seed !== undefined && canReplace(x, seed),
    );
    return isWhole ? seed : undefined;
  },
};

const wholeEdits: readonly Edit[] = [
  edit('negate', 'negated', (term) => neg(term)),
  ...relativeErrors.map((delta) =>
    edit('scale', `times ${1 + delta}`, (term) => mul(term, 1 + delta), String(delta)),
  ),
  edit('drop', 'zero', () => zero),
  edit('disconnect', 'disconnected', () => disconnected),
  edit('narrow', 'rounded to float32', (term) =>
    term.dtype === 'float64' ? castTo(castTo(term, 'float32'), 'float64') : undefined,
  ),
  edit('dtype', 'returned in float32', (term) =>
    term.dtype === 'float64' ? castTo(term, 'float32') : undefined,
  ),
];

/** Rules that misuse what they are handed. */
const seedEdits: readonly Edit[] = [
  seedEdit('ones', 'the seed replaced by ones', (seed) => add(mul(seed, 0), 1)),
  seedEdit('magnitude', 'the magnitude of the seed', (seed) => abs(seed)),
  seedEdit('positive-part', 'the positive part of the seed', (seed) => maximum(seed, 0)),
];

function seedEdit(
  operator: MutationOperator,
  text: string,
  change: (seed: Variable) => Variable,
): Edit {
  return edit(operator, text, (term, { seeds }) =>
    substituted(
      term,
      seeds.map((seed) => [seed, change(seed)]),
    ),
  );
}

/** Rules that depend on the wrong primal, or on a primal only in appearance. */
function primalEdits(term: Variable, scene: Scene): readonly Edit[] {
  const used = variablesOf(term, scene);
  const primals = [...scene.inputs.keys(), ...scene.outputs.map((_, j) => -1 - j)];
  const own = primals.filter((at) => used.has(primalAt(scene, at)));
  const isFloating = (at: number): boolean => isFloat(primalAt(scene, at).dtype);
  return own
    .filter(isFloating)
    .flatMap((at) => [
      edit(
        'hold-constant',
        `${primalName(at)} held constant`,
        (t, s) => substituted(t, [[primalAt(s, at), disconnectedGrad(primalAt(s, at))]]),
        String(at),
      ),
      ...primals
        .filter((other) => other !== at && isFloating(other))
        .map((other) => misread(at, other)),
    ]);
}

/** Inputs by their position, outputs by negative numbers from −1. */
function primalAt({ inputs, outputs }: Scene, at: number): Variable {
  return at < 0 ? outputs[-1 - at]! : inputs[at]!;
}

function primalName(at: number): string {
  return at < 0 ? `output ${-1 - at}` : `input ${at}`;
}

function misread(at: number, other: number): Edit {
  const operator = at >= 0 && other >= 0 ? 'swap-primals' : 'stale';
  const text = `${primalName(other)} in the place of ${primalName(at)}`;
  return edit(
    operator,
    text,
    (term, scene) => substituted(term, [[primalAt(scene, at), primalAt(scene, other)]]),
    `${at}-${other}`,
  );
}

/** Right elements in wrong places. */
const layoutEdits: readonly Edit[] = [
  edit('transpose', 'with its last two axes exchanged', (term) => {
    const [rows, columns] = [term.shape.at(-2), term.shape.at(-1)];
    return rows === columns && typeof rows === 'number' && rows > 1
      ? matrixTranspose(term)
      : undefined;
  }),
  ...[0, -1].map((axis) =>
    edit('shift', `shifted by one along axis ${axis}`, (term) => shifted(term, axis), String(axis)),
  ),
];

function shifted(x: Variable, axis: number): Variable | undefined {
  const n = x.shape.at(axis);
  if (!isKnownShape(x.shape) || n === undefined || n === null || n < 2) return undefined;
  const at = axis < 0 ? x.rank + axis : axis;
  if (axis < 0 && at === 0) return undefined; // the same as along axis 0
  const part = (start: number, stop: number): Variable =>
    slice(
      x,
      x.shape.map((_, k) => (k === at ? { start, stop } : {})),
    );
  return concatenate([part(n - 1, n), part(0, n - 1)], { axis: at });
}
