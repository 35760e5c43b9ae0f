import { describe, expect, it } from '@jest/globals';
import {
  accumulate,
  affine,
  assign,
  binary,
  buffer,
  compare,
  constantOf,
  convert,
  forLoop,
  i32,
  ifThen,
  index,
  letIn,
  load,
  local,
  select,
  store,
  unary,
  whileLoop,
} from '@cotangent/loops';
import type { Buffer, Procedure, Statement, Value } from '@cotangent/loops';
import loadWabt from 'wabt';
import { arenaOf, execute } from '../../test/execute.ts';
import { randomProgram } from '../../test/random.ts';
import type { Algebra } from '../functions/algebra.ts';
import { EmitError } from './errors.ts';
import { emitModule } from './module.ts';

const [x, y, o] = ['x', 'y', 'o'].map((name) => buffer(name, 'float64')) as [
  Buffer,
  Buffer,
  Buffer,
];
const i = index('i');

function procedureOf(
  body: readonly Statement[],
  buffers: readonly Buffer[] = [x, y, o],
): Procedure {
  return { name: 'run', buffers, body };
}

function range(n: number, f: (k: number) => number): readonly number[] {
  return Array.from({ length: n }, (_, k) => f(k));
}

/** What a loop body leaves in `o`. */
function outputOf(body: readonly Statement[], n: number, options = {}): readonly number[] {
  const arena = arenaOf(
    new Map([
      [x, range(n, (k) => k / 8 - 3)],
      [y, range(n, (k) => 1 + (k % 7))],
      [o, range(n, () => 0)],
    ]),
  );
  execute([procedureOf(body)], arena, 'constants', options);
  return [...(arena.elements.get(o) ?? [])];
}

/** x ↦ (x² + 1)² − x² + 1: shares x² + 1 when it is expanded twice. */
const bump = <V>(m: Algebra<V>, v: V): V => {
  const t = m.add(m.mul(v, v), m.float(1));
  return m.sub(m.mul(t, t), m.select(m.lt(v, m.float(0)), m.neg(t), t));
};

describe('emitModule', () => {
  it('gives elementary functions the same bits in every position', () => {
    const value = unary('exp', binary('mul', load(x, i), constantOf('f64', 1.1)));
    const options = { functions: { exp: bump } };
    const whole = outputOf(
      [forLoop(i, i32(0), i32(13), [store(o, i, value)], { vector: true })],
      13,
      options,
    );
    const single = outputOf([forLoop(i, i32(0), i32(13), [store(o, i, value)])], 13, options);
    const shifted = outputOf(
      [forLoop(i, i32(1), i32(12), [store(o, i, value)], { vector: true })],
      13,
      options,
    );
    expect(whole).toEqual(single);
    expect(shifted.slice(1, 12)).toEqual(whole.slice(1, 12));
  });

  it('computes what is rare only in branches, lane by lane the same', () => {
    const big = <V>(m: Algebra<V>, v: V): V => {
      const mask = m.gt(v, m.float(0));
      const common = [m.mul(v, m.float(3)), m.add(v, m.float(1))];
      const rare = (): readonly V[] => [m.neg(v), m.div(v, m.float(7))];
      const [p, q] = m.rarely(mask, common, rare);
      return m.sub(p!, q!);
    };
    const functions = { sin: big, cos: <V>(m: Algebra<V>, v: V): V => m.neg(big(m, v)) };
    const s = local('s', 'f64');
    const inner = binary('add', unary('sin', load(x, i)), unary('cos', unary('sin', load(y, i))));
    const body = [
      letIn(s, constantOf('f64', 0)),
      forLoop(
        i,
        i32(0),
        i32(39),
        [accumulate(s, 'max', inner), store(o, i, binary('add', unary('cos', load(x, i)), inner))],
        { vector: true },
      ),
      store(o, i32(39), binary('add', s, unary('sin', load(x, i32(3))))),
    ];
    const f = (v: number): number => (v > 0 ? -v - v / 7 : v * 3 - (v + 1));
    const inners = range(39, (k) => f(k / 8 - 3) + -f(f(1 + (k % 7))));
    const expected = range(39, (k) => -f(k / 8 - 3) + (inners[k] ?? NaN));
    expect(outputOf(body, 40, { functions })).toEqual([
      ...expected,
      Math.max(0, ...inners) + f(3 / 8 - 3),
    ]);
  });

  it('refuses a function that it is not given', () => {
    const body = [store(o, i32(0), unary('sin', load(x, i32(0))))];
    expect(() => emitModule([procedureOf(body)], { functions: {} })).toThrow(EmitError);
  });

  it.each<readonly [string, Statement]>([
    ['an unbound name', store(o, i32(0), local('t', 'f64'))],
    ['operands of two types', store(o, i32(0), binary('add', load(x, i32(0)), i32(1)))],
    ['bits of floats', store(o, i32(0), binary('xor', load(x, i32(0)), load(y, i32(0))))],
    ['an unlisted buffer', store(buffer('z', 'float64'), i32(0), load(x, i32(0)))],
  ])('refuses %s', (_, statement) => {
    expect(() => emitModule([procedureOf([statement])])).toThrow(EmitError);
  });

  it('sums long loops within the bound, always in the same order', () => {
    const n = 100_003;
    const s = local('s', 'f64');
    const body = [
      letIn(s, constantOf('f64', 0.5)),
      forLoop(i, i32(0), i32(n), [accumulate(s, 'add', binary('div', load(x, i), load(y, i)))], {
        vector: true,
      }),
      store(o, i32(0), s),
    ];
    const terms = range(n, (k) => (k / 8 - 3) / (1 + (k % 7)));
    const exact = terms.reduce((a, b) => a + b, 0.5);
    const size = terms.reduce((a, b) => a + Math.abs(b), 0.5);
    const [first, second] = [outputOf(body, n), outputOf(body, n)];
    // Higham 2002, section 4.2: |error| ≤ (n − 1) ε Σ|terms|, for both orders.
    expect(Math.abs((first[0] ?? NaN) - exact)).toBeLessThan(2 * n * 2 ** -53 * size);
    expect(second).toEqual(first);
  });

  it('runs long loops in functions of their own, with every kind of reduction', () => {
    const n = 70_001;
    const [low, high] = [local('low', 'f64'), local('high', 'f64')];
    const body = [
      letIn(low, constantOf('f64', 1e9)),
      letIn(high, constantOf('f64', -1e9)),
      forLoop(
        i,
        i32(0),
        i32(n),
        [
          accumulate(low, 'min', load(x, i)),
          accumulate(high, 'max', load(x, i)),
          store(y, i, binary('add', load(x, i), load(x, i))),
        ],
        { vector: true },
      ),
      store(o, i32(0), low),
      store(o, i32(1), high),
      store(o, i32(2), load(y, i32(n - 1))),
    ];
    const last = (n - 1) / 8 - 3;
    expect(outputOf(body, n).slice(0, 3)).toEqual([-3, last, 2 * last]);
    const text = emitModule([procedureOf(body)]);
    expect(text.length).toBeGreaterThan(0);
  });

  it('keeps the value that a let had before the variable changed', () => {
    const [a, b, t] = [local('a', 'f64'), local('b', 'f64'), local('t', 'f64')];
    const k = local('k', 'i32');
    const body = [
      letIn(a, constantOf('f64', 0)),
      letIn(b, constantOf('f64', 1)),
      letIn(k, i32(0)),
      whileLoop(compare('lt', k, i32(10)), [
        letIn(t, a),
        assign(a, b),
        assign(b, binary('add', t, b)),
        assign(k, binary('add', k, i32(1))),
      ]),
      store(o, i32(0), a),
    ];
    expect(outputOf(body, 1)).toEqual([55]);
  });

  it('keeps the value that a let loaded before the memory changed', () => {
    const t = local('t', 'f64');
    const body = [
      letIn(t, load(x, i32(0))),
      store(x, i32(0), constantOf('f64', 9)),
      store(o, i32(0), t),
      store(o, i32(1), load(x, i32(0))),
    ];
    expect(outputOf(body, 2)).toEqual([-3, 9]);
  });

  it('does not load where the program would not', () => {
    const far = affine([], 2 ** 24);
    const guarded = forLoop(i, load(buffer('n', 'int32'), i32(0)), i32(0), [
      store(o, i32(0), load(x, far)),
    ]);
    const n = guarded.from.kind === 'load' ? guarded.from.buffer : buffer('n', 'int32');
    const arena = arenaOf(
      new Map([
        [x, [1]],
        [o, [5]],
        [n, [3]],
      ]),
    );
    execute(
      [procedureOf([guarded, ifThen(i32(0), [store(o, i32(0), load(x, far))])], [x, o, n])],
      arena,
    );
    expect([...(arena.elements.get(o) ?? [])]).toEqual([5]);
  });

  it('propagates NaN and orders zeros in min and max', () => {
    const cases = [
      [NaN, 1],
      [1, NaN],
      [0, -0],
      [-0, 0],
    ] as const;
    const arena = arenaOf(
      new Map([
        [x, cases.map(([p]) => p)],
        [y, cases.map(([, q]) => q)],
        [o, range(8, () => 7)],
      ]),
    );
    const pair = [load(x, i), load(y, i)] as const;
    const both = [
      store(o, i, binary('min', ...pair)),
      store(o, affine([[i, 1]], 4), binary('max', ...pair)),
    ];
    execute([procedureOf([forLoop(i, i32(0), i32(4), both, { vector: true })])], arena);
    expect([...(arena.elements.get(o) ?? [])]).toEqual([NaN, NaN, -0, -0, NaN, NaN, 0, 0]);
  });

  it('divides integers without traps', () => {
    const [p, q, r] = ['p', 'q', 'r'].map((name) => buffer(name, 'int32')) as [
      Buffer,
      Buffer,
      Buffer,
    ];
    const arena = arenaOf(
      new Map([
        [p, [7, -7, 5, -(2 ** 31)]],
        [q, [2, 2, 0, -1]],
        [r, [9, 9, 9, 9]],
      ]),
    );
    const body = [
      forLoop(i, i32(0), i32(4), [store(r, i, binary('div', load(p, i), load(q, i)))], {
        vector: true,
      }),
    ];
    execute([procedureOf(body, [p, q, r])], arena);
    expect([...(arena.elements.get(r) ?? [])]).toEqual([3, -3, 0, -(2 ** 31)]);
  });

  it('handles value graphs deeper than the call stack', () => {
    let value: Value = load(x, i);
    for (let k = 0; k < 20_000; k++) value = binary('add', value, constantOf('f64', 1));
    expect(
      outputOf([forLoop(i, i32(0), i32(3), [store(o, i, value)], { vector: true })], 3),
    ).toEqual(range(3, (k) => k / 8 - 3 + 20_000));
  });

  it('reuses locals in long bodies', () => {
    const stores = range(400, (k) => k).map((k): Statement => {
      const t = binary('mul', load(x, affine([[i, 1]], k)), load(y, i));
      return store(
        o,
        affine([[i, 1]], 8 * k),
        select(compare('lt', t, constantOf('f64', k)), t, convert('f64', convert('f32', t))),
      );
    });
    const bytes = emitModule([procedureOf([forLoop(i, i32(0), i32(8), stores, { vector: true })])]);
    expect(localsOf(bytes)).toBeLessThan(450); // 400 constants, hoisted out of the loop, and a few more
  });

  it('makes modules that an independent tool accepts, byte for byte the same each time', async () => {
    const wabt = await loadWabt();
    for (let seed = 1; seed <= 60; seed++) {
      const { procedure } = randomProgram(seed);
      const bytes = emitModule([procedure], { memory: 'export' });
      const module = wabt.readWasm(bytes, { readDebugNames: false });
      module.validate();
      module.destroy();
      expect(emitModule([procedure], { memory: 'export' })).toEqual(bytes);
    }
  });
});

/** Locals declared by the last function of a module without helpers. */
function localsOf(bytes: Uint8Array): number {
  let at = 8;
  const unsigned = (): number => {
    let [value, shift] = [0, 0];
    for (;;) {
      const byte = bytes[at++] ?? 0;
      value |= (byte & 0x7f) << shift;
      if (byte < 0x80) return value;
      shift += 7;
    }
  };
  while (bytes[at++] !== 10) {
    const size = unsigned();
    at += size;
  }
  unsigned();
  unsigned();
  unsigned();
  let locals = 0;
  for (let runs = unsigned(); runs > 0; runs--) {
    locals += unsigned();
    at++;
  }
  return locals;
}
