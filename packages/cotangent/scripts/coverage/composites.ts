// Functions of the op library that have no record of their own, each in a graph whose derivatives show it: the contract
// checks records, this list the rest. Points are off kinks and jumps.
import * as c from 'cotangent';
import type { Variable } from 'cotangent';

/** A graph around one function, and a point at which its derivatives are checked. */
export interface Composite {
  readonly build: (...xs: readonly Variable[]) => Variable;
  readonly inputs: readonly Point[];
  /** Positions of the inputs to differentiate by; default: all. */
  readonly wrt?: readonly number[];
}
type Point = number | readonly Point[];

const v: Point = [0.5, -1.25, 2];
const w: Point = [1.5, 0.75, -0.5];
const m: Point = [
  [0.5, -1.25, 2],
  [1, 0.25, -0.75],
];
const square: Point = [
  [2, 0.5],
  [-0.25, 1.5],
];
const chances: Point = [0.2, 0.5, 0.3];
const x = c.vector('x', { shape: [3] });

/** By name of the function. */
export const composites: { readonly [name: string]: Composite } = {
  // reductions, joins, diagonals
  mean: { build: (a) => c.mean(a!, { axis: 1 }), inputs: [m] },
  maxAndArgmax: { build: (a) => c.maxAndArgmax(a!, { axis: 1 })[0], inputs: [m] },
  stack: { build: (a, b) => c.stack([a!, b!], { axis: 1 }), inputs: [v, w] },
  diag: { build: (a) => c.diag(a!), inputs: [v] },
  castTo: { build: (a) => c.castTo(a!, 'float64'), inputs: [v] },
  broadcastLike: { build: (a, b) => c.broadcastLike(a!, b!), inputs: [v, m], wrt: [0] },
  sumLike: { build: (a, b) => c.sumLike(a!, b!), inputs: [m, v], wrt: [0] },
  tile: { build: (a) => c.tile(a!, [2, 3]), inputs: [v] },
  repeat: { build: (a) => c.repeat(a!, [2, 0, 1], { axis: 1 }), inputs: [m] },
  pad: { build: (a, b) => c.pad(a!, [[1, 2]], { value: b! }), inputs: [v, 0.5] },
  // places and orders
  maskSelect: { build: (a) => c.maskSelect(a!, [true, false, true]), inputs: [v] },
  setMask: { build: (a, b) => c.setMask(a!, [true, false, true], b!), inputs: [v, 0.5] },
  sort: { build: (a) => c.sort(a!, { axis: 1 }), inputs: [m] },
  // creation: what is filled is a factor, so that it matters
  constant: { build: (a) => c.mul(a!, c.constant([1, 2, 3])), inputs: [v] },
  asTensor: { build: (a) => c.mul(c.asTensor(a!), c.asTensor([1, 2, 3])), inputs: [v] },
  empty: { build: (a) => c.add(a!, c.mul(0, c.empty([3]))), inputs: [v] },
  emptyLike: { build: (a) => c.add(a!, c.mul(0, c.emptyLike(a!))), inputs: [v] },
  identityMatrix: { build: (a) => c.matmul(c.identityMatrix(3), a!), inputs: [v] },
  zeros: { build: (a) => c.add(a!, c.zeros([3])), inputs: [v] },
  ones: { build: (a) => c.mul(a!, c.ones([2, 3])), inputs: [v] },
  full: { build: (a) => c.full([2, 3], a!), inputs: [v] },
  zerosLike: { build: (a) => c.add(a!, c.zerosLike(a!)), inputs: [v] },
  floatZerosLike: { build: (a) => c.add(a!, c.floatZerosLike(a!)), inputs: [v] },
  onesLike: { build: (a) => c.mul(a!, c.onesLike(a!)), inputs: [v] },
  fullLike: { build: (a, b) => c.fullLike(a!, b!), inputs: [m, 0.5], wrt: [1] },
  linspace: { build: (a) => c.mul(a!, c.linspace(0, 1, 3)), inputs: [v] },
  asShapeVector: { build: (a) => c.broadcastTo(a!, c.asShapeVector([2, 3], 'test')), inputs: [v] },
  shapeVectorOf: { build: (a) => c.broadcastTo(c.sum(a!), c.shapeVectorOf(a!)), inputs: [v] },
  // products and equations
  dot: { build: (a, b) => c.dot(a!, b!), inputs: [m, v] },
  vdot: { build: (a, b) => c.vdot(a!, b!), inputs: [v, w] },
  inner: { build: (a, b) => c.inner(a!, b!), inputs: [m, m] },
  outer: { build: (a, b) => c.outer(a!, b!), inputs: [v, w] },
  kron: { build: (a, b) => c.kron(a!, b!), inputs: [m, square] },
  batchedDot: { build: (a, b) => c.batchedDot(a!, b!), inputs: [m, m] },
  einsum: { build: (a, b) => c.einsum('ij,kj->ik', a!, b!), inputs: [m, m] },
  trace: { build: (a) => c.trace(a!), inputs: [square] },
  matrixPower: { build: (a) => c.matrixPower(a!, 3), inputs: [square] },
  choSolve: { build: (a, b) => c.choSolve(c.tril(a!), b!), inputs: [square, [1, -2]] },
  lstsq: { build: (a, b) => c.lstsq(c.transpose(a!), b!), inputs: [m, [0.3, 1.1, -0.7]] },
  // losses and noise
  binaryCrossEntropy: { build: (p, t) => c.binaryCrossEntropy(p!, t!), inputs: [chances, chances] },
  softmaxCrossEntropy: { build: (a, t) => c.softmaxCrossEntropy(a!, t!), inputs: [v, chances] },
  sparseSoftmaxCrossEntropy: {
    build: (a) => c.sparseSoftmaxCrossEntropy(a!, Int32Array.of(2, 0)),
    inputs: [m],
  },
  categoricalCrossEntropy: {
    build: (p, t) => c.categoricalCrossEntropy(p!, t!),
    inputs: [chances, chances],
  },
  dropout: { build: (a) => c.dropout(a!, c.randomKey(1)), inputs: [v] },
  randomKey: { build: (a) => c.mul(a!, c.normal(c.randomKey(2), [3])), inputs: [v] },
  // loops and graphs as ops
  until: {
    build: (a) =>
      c.scan((s) => [c.mul(s!, 1.5), c.until(c.gt(c.sum(c.abs(s!)), 10))], {
        initial: [a!],
        nSteps: 9,
        keep: 'last',
      })[0]!,
    inputs: [v],
  },
  whileLoop: {
    build: (a) =>
      c.whileLoop(
        (s) => c.lt(s!, 10),
        (s) => c.mul(s!, a!),
        c.constant(1),
      ),
    inputs: [1.75],
  },
  map: { build: (a) => c.map((row) => c.sum(c.sin(row!)), [a!]), inputs: [m] },
  reduce: { build: (a) => c.reduce((s, t) => c.sin(c.add(s!, t!)), [a!], 0.5), inputs: [v] },
  foldl: { build: (a) => c.foldl((s, t) => c.sin(c.add(s!, t!)), [a!], 0.5), inputs: [v] },
  foldr: { build: (a) => c.foldr((s, t) => c.sin(c.add(s!, t!)), [a!], 0.5), inputs: [v] },
  opFromGraph: { build: (a) => c.opFromGraph([x], [c.sin(x)])(a!)[0]!, inputs: [v] },
  checkpoint: { build: (a) => c.checkpoint((t) => c.sin(t!))(a!), inputs: [v] },
  customGrad: {
    build: c.customGrad((t) => c.sin(t!), {
      pullback: ([g], { inputs: [t] }) => [c.mul(g!, c.cos(t!))],
    }),
    inputs: [v],
  },
  customPullback: {
    build: c.customPullback(
      (t) => c.sin(t!),
      ([g], { inputs: [t] }) => [c.mul(g!, c.cos(t!))],
    ),
    inputs: [v],
  },
  customPushforward: {
    build: c.customPushforward(
      (t) => c.sin(t!),
      ([dt], { inputs: [t] }) => [c.mul(c.cos(t!), dt!)],
    ),
    inputs: [v],
  },
  considerConstant: {
    build: (a, b) => c.mul(c.considerConstant(a!), b!),
    inputs: [v, w],
    wrt: [1],
  },
};
