import { isFloat } from '@cotangent/tensor';
import { applyOp, constant, isKnownShape, isVariable } from '@cotangent/graph';
import type { Apply, Op, Variable } from '@cotangent/graph';
import {
  acos,
  add,
  asin,
  cos,
  cosh,
  disconnectedGrad,
  div,
  exp,
  expm1,
  gt,
  hypot,
  log,
  log1p,
  logAddExp,
  logicalAnd,
  logicalOr,
  lt,
  maximum,
  minimum,
  mul,
  sin,
  sinh,
  slice,
  sqrt,
  square,
  sub,
} from '@cotangent/ops';
import { attributeVariants } from './attribute-variants.ts';
import { nodesOf, substituted } from './edit.ts';
import type { Edit, MutationOperator, Scene } from './edit.ts';

interface Builder {
  (...inputs: Variable[]): Variable;
  readonly op: Op;
}

// Functions, so that a bundle without mutants drops them and the ops that only they name.

/** Ops that are mistaken for each other. */
const siblings = (): readonly (readonly [Builder, Builder])[] => [
  [add, sub],
  [mul, div],
  [sin, cos],
  [sinh, cosh],
  [asin, acos],
  [exp, expm1],
  [log, log1p],
  [sqrt, square],
  [maximum, minimum],
  [gt, lt],
];

/** Ops to whose inputs the order means nothing. */
const symmetric = (): readonly Builder[] => [
  add,
  mul,
  maximum,
  minimum,
  hypot,
  logAddExp,
  logicalAnd,
  logicalOr,
];

/** Changes to the nodes that a derivative is computed by, one node at a time. */
export function nodeEdits(term: Variable, scene: Scene): readonly Edit[] {
  const nodes = nodesOf(term, scene);
  const seeded = dependants(nodes, scene.seeds);
  return nodes.flatMap((node, place) => {
    const changes = changesOf(node);
    const held = seeded.has(node) ? [] : [holdConstant];
    return [...changes, ...held].map((change) => placed(change, node, place));
  });
}

/** A change to one node: what its first output becomes. */
interface Change {
  readonly operator: MutationOperator;
  readonly key: string;
  readonly text: string;
  readonly make: (node: Apply) => Variable | undefined;
}

/** The change as an edit of whatever term has such a node in the same place. */
function placed({ operator, key, text, make }: Change, { op }: Apply, place: number): Edit {
  return {
    operator,
    key: `${key}@${place}:${op.name}`,
    text: `node ${place}, ${op.name}: ${text}`,
    apply: (term, scene) => {
      const node = nodesOf(term, scene)[place];
      if (node === undefined || node.op !== op || node.outputs.length !== 1) return undefined;
      const made = make(node);
      return made && substituted(term, [[node.outputs[0]!, made]]);
    },
  };
}

/** The nodes that depend on one of some variables. */
function dependants(nodes: readonly Apply[], variables: readonly Variable[]): ReadonlySet<Apply> {
  const reached = new Set<Variable>(variables);
  return new Set(
    nodes.filter((node) => {
      if (!node.inputs.some((x) => reached.has(x))) return false;
      node.outputs.forEach((y) => reached.add(y));
      return true;
    }),
  );
}

/** A factor that depends on the primals, but whose derivative is forgotten. */
const holdConstant: Change = {
  operator: 'hold-constant',
  key: '',
  text: 'held constant',
  make: ({ outputs: [y] }) => (y && isFloat(y.dtype) ? disconnectedGrad(y) : undefined),
};

function changesOf(node: Apply): readonly Change[] {
  return [
    ...node.inputs.map(bypass),
    ...swaps(node),
    ...siblingsOf(node),
    ...node.inputs.flatMap((x, i) =>
      x.kind === 'constant' && x.rank === 0 ? offConstants(i) : [],
    ),
    ...attributeVariants(node.attrs).map(({ key, text, change }): Change => ({
      operator: 'attribute',
      key,
      text,
      make: ({ op, inputs, attrs }) => built(op, inputs, change(attrs)),
    })),
    ...(node.op.name === 'sum' || node.op.name === 'sumTo' ? [sliceNotSum] : []),
  ];
}

/** The node left out: a function not applied, a factor or summand dropped, a branch always taken. */
function bypass(_: Variable, i: number): Change {
  return {
    operator: 'bypass',
    key: String(i),
    text: `its input ${i} instead of its value`,
    make: ({ inputs }) => inputs[i],
  };
}

function swaps({ op, inputs }: Apply): readonly Change[] {
  if (symmetric().some((f) => f.op === op)) return [];
  return inputs.slice(1).map((_, k) => ({
    operator: 'swap-inputs' as const,
    key: String(k),
    text: `inputs ${k} and ${k + 1} exchanged`,
    make: ({ op: own, inputs: xs, attrs }) =>
      xs[k] === xs[k + 1]
        ? undefined
        : built(own, xs.with(k, xs[k + 1]!).with(k + 1, xs[k]!), attrs),
  }));
}

function siblingsOf({ op }: Apply): readonly Change[] {
  return siblings().flatMap(([a, b]) => {
    const other = op === a.op ? b : op === b.op ? a : undefined;
    if (other === undefined) return [];
    const { name } = other.op;
    const make = ({ inputs }: Apply): Variable | undefined => built(other.op, inputs, {});
    return [{ operator: 'sibling' as const, key: name, text: `${name} instead`, make }];
  });
}

function offConstants(i: number): readonly Change[] {
  const change = (key: string, text: string, f: (c: number) => number): Change => ({
    operator: 'constant',
    key: `${i}${key}`,
    text: `the constant at input ${i} ${text}`,
    make: ({ op, inputs, attrs }) => {
      const x = inputs[i];
      if (x?.kind !== 'constant' || x.rank !== 0 || x.dtype === 'bool') return undefined;
      const value = f(x.value.item());
      const changed = constant(value, { dtype: x.dtype });
      return value === x.value.item() ? undefined : built(op, inputs.with(i, changed), attrs);
    },
  });
  return [
    change('+1', 'one larger', (c) => c + 1),
    change('-', 'negated', (c) => (c === 0 ? 0 : -c)),
    change('*', 'larger by a thousandth', (c) => (Number.isInteger(c) ? c : c * 1.001)),
  ];
}

const sliceNotSum: Change = {
  operator: 'slice-not-sum',
  key: '',
  text: 'the first element along the axes instead of the sum',
  make: ({ inputs: [x], outputs: [y], attrs }) => {
    if (x === undefined || y === undefined || !isKnownShape(y.shape) || !isKnownShape(x.shape))
      return undefined;
    const axes: unknown = 'axes' in attrs ? attrs.axes : undefined;
    const extra = x.rank - y.rank;
    const isSummed = (axis: number): boolean =>
      Array.isArray(axes)
        ? axes.includes(axis)
        : axis < extra || y.shape[axis - extra] !== x.shape[axis];
    const keeps = Array.isArray(axes) ? y.rank === x.rank : undefined;
    const entries = x.shape.map((n, axis) => {
      if (!isSummed(axis)) return {};
      return (keeps ?? axis >= extra) ? { start: 0, stop: Math.min(n!, 1) } : 0;
    });
    return tried(() => slice(x, entries));
  },
};

/** A node, if its op takes the inputs. */
function built(op: Op, inputs: readonly Variable[], attrs: object): Variable | undefined {
  return tried(() => applyOp(op, inputs, attrs).outputs[0]);
}

/** What an op refuses is no mutant. */
function tried(build: () => Variable | undefined): Variable | undefined {
  try {
    const y = build();
    return y !== undefined && isVariable(y) ? y : undefined;
  } catch {
    return undefined;
  }
}
