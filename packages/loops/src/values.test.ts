import { describe, expect, it } from '@jest/globals';
import { addressOf, isNonzero, plus, times } from './lowering.ts';
import { printProcedure, printValue } from './print.ts';
import { assign, forLoop, ifThen, letIn, store, whileLoop } from './statements.ts';
import {
  affine,
  binary,
  buffer,
  compare,
  constantOf,
  convert,
  dependsOn,
  i32,
  index,
  load,
  local,
  select,
  strideIn,
  typeOf,
  unary,
} from './values.ts';

const [i, j] = [index('i'), index('j')];
const x = buffer('x', 'float32');

describe('typeOf', () => {
  it('follows the buffer, the conversion and the comparison', () => {
    expect(typeOf(load(x, i))).toBe('f32');
    expect(typeOf(load(buffer('b', 'bool'), i))).toBe('i32');
    expect(typeOf(convert('f64', load(x, i)))).toBe('f64');
    expect(typeOf(compare('lt', load(x, i), load(x, j)))).toBe('i32');
    expect(typeOf(select(i, unary('exp', load(x, i)), load(x, j)))).toBe('f32');
  });
});

describe('convert', () => {
  it('leaves a value of the type as it is', () => {
    const value = load(x, i);
    expect(convert('f32', value)).toBe(value);
  });
});

describe('strideIn', () => {
  it('is the step of an affine expression', () => {
    expect(
      strideIn(
        affine(
          [
            [i, 3],
            [j, 1],
          ],
          7,
        ),
        i,
      ),
    ).toBe(3);
    expect(
      strideIn(
        affine(
          [
            [i, 3],
            [j, 1],
          ],
          7,
        ),
        j,
      ),
    ).toBe(1);
    expect(strideIn(binary('sub', i32(5), i), i)).toBe(-1);
    expect(strideIn(i32(4), i)).toBe(0);
  });

  it('is undefined for what is not affine', () => {
    expect(strideIn(binary('mul', i, i), i)).toBeUndefined();
    expect(strideIn(load(buffer('k', 'int32'), i), i)).toBeUndefined();
  });
});

describe('dependsOn', () => {
  it('looks into addresses', () => {
    expect(dependsOn(load(x, binary('add', i, i32(1))), i)).toBe(true);
    expect(dependsOn(load(x, i), j)).toBe(false);
  });
});

describe('addressOf', () => {
  it('folds constants and leaves out axes that do not move', () => {
    expect(printValue(addressOf([i, i32(2), j], [12, 4, 0], 1))).toBe('(i * 12) + 9');
    expect(printValue(addressOf([i32(1)], [3], 2))).toBe('5');
    expect(times(i, 1)).toBe(i);
    expect(plus(i, 0)).toBe(i);
  });
});

describe('isNonzero', () => {
  it('leaves a comparison as it is', () => {
    const truth = compare('eq', i, j);
    expect(isNonzero(truth)).toBe(truth);
    expect(printValue(isNonzero(load(x, i)))).toBe('x[i] != 0');
  });
});

describe('printProcedure', () => {
  it('prints every kind of statement', () => {
    const n = local('n', 'i32');
    const body = [
      letIn(n, i32(0)),
      whileLoop(compare('lt', n, i32(3)), [assign(n, binary('add', n, i32(1)))]),
      forLoop(i, i32(0), n, [
        ifThen(
          compare('gt', load(x, i), constantOf('f32', -0)),
          [store(x, i, constantOf('f32', 1))],
          [store(x, i, binary('min', load(x, i), constantOf('f32', 2)))],
        ),
      ]),
    ];
    expect(printProcedure({ name: 'p', buffers: [x], body })).toBe(
      [
        'procedure p(x: float32[])',
        '  n: i32 = 0',
        '  while n < 3',
        '    n := n + 1',
        '  for i in 0 … n',
        '    if x[i] > -0',
        '      x[i] = 1',
        '    else',
        '      x[i] = min(x[i], 2)',
      ].join('\n'),
    );
  });

  it('names what a long expression needs more than once, so that its text stays short', () => {
    const x = buffer('x', 'float64');
    const y = local('y', 'f64');
    let value = load(x, i32(0));
    for (let k = 0; k < 60; k++) value = binary('mul', value, value);
    const text = printProcedure({ name: 'p', buffers: [x], body: [letIn(y, value)] });
    expect(text).toContain('%0 = ');
    expect(text.length).toBeLessThan(5000);
  });
});
