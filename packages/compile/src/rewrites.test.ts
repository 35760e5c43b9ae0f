import { describe, expect, it } from '@jest/globals';
import {
  add,
  broadcastLike,
  broadcastTo,
  cast,
  div,
  disconnectedGrad,
  exp,
  expandDims,
  gradClip,
  gradScale,
  gt,
  identity,
  logSumExp,
  mod,
  mul,
  pow,
  shape,
  shapeAt,
  size,
  softmax,
  sqrt,
  squeeze,
  sum,
  sumLike,
  sumTo,
  transpose,
  undefinedGrad,
  zeroGrad,
} from '@cotangent/ops';
import {
  constant,
  defineOp,
  matrix,
  printExpression,
  replace,
  tensor3,
  topologicalNodes,
  vector,
} from '@cotangent/graph';
import type { Variable } from '@cotangent/graph';
import { defaultPasses, nodePass, repeated, runPasses } from './index.ts';
import { compile } from './index.ts';

const x = vector('x');
const m = matrix('m', { shape: [2, 3] });

/** What `y` becomes, as a listing without its first and last line. */
function rewritten(...outputs: readonly Variable[]): readonly string[] {
  const listing = printExpression(runPasses(outputs, defaultPasses()).outputs, { types: false });
  return listing
    .split('\n')
    .slice(1)
    .map((line) => line.trim());
}

function opsOf(outputs: Variable | readonly Variable[], inputs = [x]): readonly string[] {
  return compile(inputs, outputs).program.nodes.map(({ apply }) => apply.op.name);
}

describe('remove-view', () => {
  it('G36: leaves no op of x · considerConstant(x)', () => {
    expect(opsOf(mul(x, disconnectedGrad(x)))).toEqual(['square']);
  });

  it('G38: leaves no zeroGrad', () => {
    expect(opsOf(mul(x, zeroGrad(x)))).toEqual(['square']);
  });

  it('G41: leaves no disconnectedGrad', () => {
    expect(opsOf([disconnectedGrad(x), add(disconnectedGrad(x), 1)])).toEqual(['add']);
  });

  it('G45: leaves no gradClip', () => {
    expect(opsOf(mul(gradClip(x, -1, 1), gradClip(x, -1, 1)))).toEqual(['square']);
  });

  it('G46: leaves no gradScale', () => {
    expect(opsOf(mul(gradScale(x, 2), gradScale(x, 2)))).toEqual(['square']);
  });

  it('G47: leaves no undefinedGrad, in nested views either', () => {
    expect(opsOf(zeroGrad(undefinedGrad(identity(add(x, 1)))))).toEqual(['add']);
  });

  it('makes views of one variable equal', () => {
    expect(rewritten(add(zeroGrad(x), gradScale(x, 3)))).toEqual(['%0 = add(x, x)', 'return %0']);
  });
});

describe('remove-cast', () => {
  it('drops a cast to the same dtype', () => {
    expect(rewritten(cast(cast(x, 'float64'), 'float64'))).toEqual(['return x']);
  });

  it('keeps a cast to another dtype and back', () => {
    expect(opsOf(cast(cast(x, 'float32'), 'float64'))).toEqual(['cast', 'cast']);
  });

  it('keeps a cast that makes a weak number strong, so that dtypes stay', () => {
    const strong = cast(shape(x), 'int32');
    const single = vector('s', { dtype: 'float32' });
    const f = compile([x, single], mul(strong, single));
    expect(f([1], [2])).toMatchObject({ dtype: 'float64' });
  });
});

describe('remove-broadcast', () => {
  it('drops broadcastTo and sumTo of a known and equal shape', () => {
    expect(rewritten(broadcastTo(m, [2, 3]))).toEqual(['return m']);
    expect(rewritten(sumTo(m, [2, 3]))).toEqual(['return m']);
  });

  it('drops them where the shape is provably that of the input', () => {
    const y = add(x, 1);
    expect(rewritten(sumLike(y, x))).toEqual(['%0 = add(x, 1)', 'return %0']);
    expect(rewritten(broadcastLike(y, mul(x, 2)))).toEqual(['%0 = add(x, 1)', 'return %0']);
  });

  it('keeps them where shapes differ or may differ', () => {
    expect(opsOf(broadcastTo(m, [1, 2, 3]), [m])).toEqual(['broadcastTo']);
    const z = vector('z');
    expect(opsOf(sumLike(x, z), [x, z])).toEqual(['shape', 'sumTo']);
    // The static shape of the result is [3] as well, but only if z has that size, which is checked.
    const three = vector('three', { shape: [3] });
    expect(opsOf(broadcastLike(three, z), [three, z])).toEqual(['shape', 'broadcastTo']);
  });
});

describe('remove-transpose', () => {
  it('drops a transposition that is undone', () => {
    const t = tensor3('t');
    expect(rewritten(transpose(transpose(t, [1, 2, 0]), [2, 0, 1]))).toEqual(['return t']);
    expect(rewritten(squeeze(expandDims(t, [1]), [1]))).toEqual(['return t']);
  });

  it('keeps one that is not', () => {
    const t = tensor3('t');
    const turned = transpose(transpose(t, [1, 2, 0]), [1, 2, 0]);
    expect(rewritten(turned)).toHaveLength(3);
    expect(opsOf(turned, [t])).toEqual(['transpose']);
    const row = matrix('row', { shape: [1, null] });
    expect(opsOf(expandDims(squeeze(row, 0), 0), [row])).toEqual(['transpose']);
  });
});

describe('known-shape', () => {
  it('replaces the shape of a variable of static shape', () => {
    expect(rewritten(shape(mul(m, 2)))).toEqual(['return [2, 3]:int32']);
  });

  it('replaces one size, and the number of elements', () => {
    const [t, y] = [matrix('t'), matrix('y', { shape: [4, 5] })];
    const known = new Map([[t, y]]);
    const sizes = replace([shapeAt(mul(t, 2), 1), size(mul(t, 2))], known);
    expect(rewritten(...sizes)).toEqual(['return 5:int32, 20:int32']);
  });

  it('keeps the shape of others, and their dtype weak', () => {
    expect(opsOf(shape(x))).toEqual(['shape']);
    const single = vector('s', { dtype: 'float32', shape: [1] });
    const f = compile([single], mul(shape(single), single));
    expect(f([2])).toMatchObject({ dtype: 'float32' });
  });
});

describe('fold-constants', () => {
  it('evaluates what depends on no input', () => {
    expect(rewritten(mul(x, add(mul(constant(2), 3), 1)))).toEqual(['%0 = mul(x, 7)', 'return %0']);
  });

  it('leaves elementary functions, which engines round differently, to the backend', () => {
    const [a, b] = [constant(2), constant([1, 2])];
    const kept = [exp(a), pow(a, 0.3), softmax(b), logSumExp(b)];
    expect(kept.map((y) => opsOf(y, []))).toEqual([['exp'], ['pow'], ['softmax'], ['logSumExp']]);
    const folded = [sqrt(a), mod(a, 3), sum(b), gt(a, 1)];
    expect(folded.map((y) => opsOf(y, []))).toEqual([[], [], [], []]);
  });

  it('keeps what would be large', () => {
    const large = broadcastTo(constant(1), [1025]);
    expect(opsOf(add(x, large))).toEqual(['broadcastTo', 'add']);
    expect(opsOf(add(x, broadcastTo(constant(1), [1024])))).toEqual(['add']);
  });

  it('leaves a failure to the call', () => {
    const failing = defineOp<1, 1>(
      'failing',
      { inputs: 1, outputs: 1 },
      {
        infer: ([t]) => [t],
        eval: () => {
          throw new RangeError('never works');
        },
      },
    );
    const f = compile([], failing(1));
    expect(() => f()).toThrow(RangeError);
  });

  it('keeps NaN, infinities and signed zeros', () => {
    const f = compile([], [div(constant(0), 0), div(constant(1), 0), mul(constant(-1), 0)]);
    expect(f.program.nodes).toEqual([]);
    expect(f().map((y) => y.item())).toEqual([NaN, Infinity, -0]);
  });
});

describe('merge-equal', () => {
  it('computes equal parts once', () => {
    const y = add(mul(x, x), mul(x, x));
    expect(rewritten(y, mul(x, x))).toEqual([
      '%0 = mul(x, x)',
      '%1 = add(%0, %0)',
      'return %1, %0',
    ]);
  });
});

describe('nodePass', () => {
  it('rewrites inputs before users and counts what fired', () => {
    const halve = {
      name: 'undo-doubling',
      soundness: 'exact',
      ops: [mul.op],
      apply: ({ inputs: [a, b] }: { readonly inputs: readonly Variable[] }) =>
        a !== undefined && b?.kind === 'constant' && b.value.item() === 1 ? [a] : undefined,
    } as const;
    const { outputs, log } = runPasses(
      [mul(mul(x, 1), 1), mul(x, 2)],
      [repeated('all', [nodePass('units', [halve])])],
    );
    expect(outputs[0]).toBe(x);
    expect(topologicalNodes(outputs)).toHaveLength(1);
    expect(log.total).toBe(2);
    expect(log.counts).toMatchObject([
      { name: 'undo-doubling', soundness: 'exact', ops: new Map([['mul', 2]]) },
    ]);
  });

  it('ignores replacements of another dtype, shape or weakness', () => {
    const { log } = runPasses(
      [cast(x, 'int32'), shape(m)],
      [
        nodePass('wrong', [
          { name: 'to-input', soundness: 'exact', apply: (node) => node.inputs },
          {
            name: 'to-strong',
            soundness: 'exact',
            ops: [shape.op],
            apply: () => [constant(new Int32Array(2))],
          },
        ]),
      ],
    );
    expect(log.total).toBe(0);
  });
});
