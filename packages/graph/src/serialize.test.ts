import { ValueError } from '@cotangent/tensor';
import { describe, expect, it } from '@jest/globals';
import { caught } from '../test/caught.ts';
import { add, chain, exp, less, mul, neg, stack, sum, tagged, withShape } from '../test/ops.ts';
import { SerializationError } from './document.ts';
import type { GraphDocument } from './document.ts';
import { elementwise } from './elementwise.ts';
import { structurallyEqual } from './equality.ts';
import { scalar, vector } from './inputs.ts';
import { constant } from './operand.ts';
import { printExpression } from './print.ts';
import { fromJSON, toJSON } from './serialize.ts';
import type { LoadedGraph } from './serialize.ts';
import { nameIfUnnamed } from './variable.ts';
import type { Variable } from './variable.ts';

const ops = [add, exp, less, mul, neg, stack, sum, tagged, withShape].map(({ op }) => op);

function roundTrip(...outputs: Variable[]): LoadedGraph {
  return fromJSON(JSON.parse(JSON.stringify(toJSON(outputs))), ops);
}

describe('toJSON', () => {
  it('writes nodes in topological order, variables by number', () => {
    const x = vector('x', { shape: [null] });
    const [value, shape] = withShape(mul(x, constant([true], { name: 'on' })));
    expect(toJSON([sum(value), shape, x])).toEqual({
      format: 'cotangent-graph',
      version: 1,
      inputs: [{ dtype: 'float64', shape: [null], name: 'x' }],
      constants: [{ dtype: 'bool', shape: [1], name: 'on', data: 'AQ==' }],
      nodes: [
        { op: 'mul', inputs: [0, 1], attrs: {}, outputs: [{ dtype: 'float64', shape: [null] }] },
        {
          op: 'withShape',
          inputs: [2],
          attrs: {},
          outputs: [
            { dtype: 'float64', shape: [null] },
            { dtype: 'int32', shape: [1] },
          ],
        },
        {
          op: 'sum',
          inputs: [3],
          attrs: { axes: [0] },
          outputs: [{ dtype: 'float64', shape: [] }],
        },
      ],
      outputs: [5, 4, 0],
    } satisfies GraphDocument);
  });

  it('keeps the order of the inputs given, also of those that are not used', () => {
    const [x, y, z] = [scalar('x'), scalar('y'), scalar('z')];
    const document = toJSON([add(x, y)], { inputs: [z, y, x] });
    expect(document.inputs.map(({ name }) => name)).toEqual(['z', 'y', 'x']);
    expect(document.nodes[0]?.inputs).toEqual([2, 1]);
  });

  it('takes results and constants among the inputs as given', () => {
    const x = vector('x');
    const half = constant(0.5);
    const [value, shape] = withShape(exp(x));
    const outputs = [mul(value, half), shape];
    const inputs = [half, value, x];
    const loaded = fromJSON(toJSON(outputs, { inputs }), ops);
    expect(loaded.inputs.map(String)).toEqual([
      '<input>: float64[]',
      '<input>: float64[?]',
      'x: float64[?]',
    ]);
    const pairs = inputs.map((input, i) => [input, loaded.inputs[i]!] as const);
    expect(structurallyEqual(outputs, loaded.outputs, { inputs: pairs })).toBe(true);
    expect(printExpression(loaded.outputs[0]!, { types: false })).toBe(
      ['(in0, in1) =>', '  %0 = mul(in0, in1)', '  return %0'].join('\n'),
    );
  });

  it('refuses a list of inputs that leaves one out or repeats one', () => {
    const [x, y] = [scalar('x'), scalar('y')];
    const missing = caught(() => toJSON([add(x, y)], { inputs: [x] }));
    expect(missing).toBeInstanceOf(ValueError);
    expect(missing).toMatchObject({ code: 'GRAPH_INPUT_MISSING', data: { input: 'y: float64[]' } });
    const repeated = caught(() => toJSON([x], { inputs: [x, x] }));
    expect(repeated).toMatchObject({ code: 'GRAPH_INPUT_REPEATED' });
  });

  it.each([
    ['a function', { f: { g: Math.sin } }, 'attrs.f.g'],
    ['an inner graph', { body: [exp(1)] }, 'attrs.body[0]'],
    ['a typed array', { weights: new Float64Array(2) }, 'attrs.weights'],
    ['a bigint', { n: 1n }, 'attrs.n'],
    ['undefined in an array', { a: [undefined] }, 'attrs.a[0]'],
    ['the key $number', { a: { $number: 'NaN' } }, 'attrs.a.$number'],
    ['the key constructor', { constructor: 1 }, 'attrs.constructor'],
  ])('refuses %s as an attribute', (_, attrs, path) => {
    const error = caught(() => toJSON([tagged(1, attrs)]));
    expect(error).toBeInstanceOf(SerializationError);
    expect(error).toMatchObject({ code: 'GRAPH_NOT_SERIALIZABLE', data: { op: 'tagged', path } });
    expect(String(error)).toContain('tagged');
  });

  it('refuses symbols as keys and cyclic attributes', () => {
    const cyclic: { self?: object } = {};
    cyclic.self = cyclic;
    for (const attrs of [{ [Symbol('key')]: 1 }, cyclic]) {
      const error = caught(() => toJSON([tagged(1, attrs)]));
      expect(error).toMatchObject({ code: 'GRAPH_NOT_SERIALIZABLE' });
    }
  });

  it('refuses two ops of one name', () => {
    const otherExp = elementwise('exp', 1, { eval: Math.exp, points: [[1]] });
    expect(caught(() => toJSON([add(exp(1), otherExp(1))]))).toMatchObject({
      code: 'GRAPH_NOT_SERIALIZABLE',
      data: { op: 'exp' },
    });
  });
});

describe('fromJSON', () => {
  it('rebuilds the graph with new inputs', () => {
    const [x, y] = [vector('x', { shape: [3] }), scalar('y', { dtype: 'float32' })];
    const [value, shape] = withShape(mul(exp(x), y));
    const outputs = [sum(add(value, 2)), shape, y];
    const loaded = roundTrip(...outputs);
    expect(printExpression(loaded.outputs)).toBe(printExpression(outputs));
    const pairs = [
      [x, loaded.inputs[0]!],
      [y, loaded.inputs[1]!],
    ] as const;
    expect(structurallyEqual(outputs, loaded.outputs, { inputs: pairs })).toBe(true);
  });

  it('keeps weak types', () => {
    const { outputs } = roundTrip(add(exp(0.5), 1));
    expect(outputs[0]?.type).toEqual(add(exp(0.5), 1).type);
    expect(outputs[0]?.type.weak).toBe(true);
  });

  it('keeps the bits of every number', () => {
    const bits = new Uint32Array([0, 0x80000000, 1, 0x7ff80000, 0, 0xfff00000, 1, 0]);
    const { outputs } = roundTrip(constant(new Float64Array(bits.buffer)));
    const [loaded] = outputs;
    if (loaded?.kind !== 'constant') throw new Error('not a constant');
    expect(new Uint32Array(loaded.value.data.buffer)).toEqual(bits);
  });

  it('keeps all plain attributes, −0 and NaN included', () => {
    const attrs = {
      numbers: [0, -0, Number.NaN, Infinity, -Infinity, 1e-320],
      nested: { text: '"\\\u2028', flag: false, nothing: null, empty: {}, list: [[]] },
    };
    const [y] = roundTrip(tagged(1, { ...attrs, skipped: undefined })).outputs;
    expect(y?.kind === 'result' && y.owner.attrs).toStrictEqual(attrs);
  });

  it('keeps names', () => {
    const y = exp(scalar('x'));
    nameIfUnnamed(y, 'y');
    expect(roundTrip(y).outputs[0]?.name).toBe('y');
  });

  it('takes op functions as well as records', () => {
    const { outputs } = fromJSON(toJSON([exp(scalar('x'))]), [exp]);
    expect(outputs[0]?.toString()).toBe('<result>: float64[]');
  });

  it('keeps what it loads apart from the document', () => {
    const document = toJSON([tagged(vector('x', { shape: [2] }), { list: [1] })]);
    const { outputs } = fromJSON(document, ops);
    const [y] = outputs;
    expect(y?.kind === 'result' && y.owner.attrs).not.toBe(document.nodes[0]?.attrs);
    expect(y?.shape).not.toBe(document.inputs[0]?.shape);
  });

  it('loads a chain of 100 000 nodes', () => {
    const [y] = roundTrip(chain(scalar('x'), 100_000)).outputs;
    expect(y?.kind).toBe('result');
  });

  it('refuses two ops of one name', () => {
    const otherExp = elementwise('exp', 1, { eval: Math.exp, points: [[1]] });
    const error = caught(() => fromJSON(toJSON([scalar('x')]), [exp, otherExp]));
    expect(error).toBeInstanceOf(ValueError);
    expect(error).toMatchObject({ code: 'GRAPH_OP_NAME_REPEATED', data: { op: 'exp' } });
  });
});
