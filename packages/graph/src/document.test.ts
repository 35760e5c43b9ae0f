import { describe, expect, it } from '@jest/globals';
import { caught } from '../test/caught.ts';
import { add, exp, mul, sum, tagged, withShape } from '../test/ops.ts';
import { SerializationError, formatPath } from './document.ts';
import { vector } from './inputs.ts';
import { constant } from './operand.ts';
import { fromJSON, toJSON } from './serialize.ts';

const ops = [add, exp, mul, sum, tagged, withShape].map(({ op }) => op);

/** The text of a document with 2 inputs, 2 constants (numbers 2 and 3) and 5 nodes. */
function text(): string {
  const [x, y] = [vector('x', { shape: [2] }), vector('y')];
  const weights = constant([3, 4], { name: 'w' });
  const [value, shape] = withShape(mul(add(x, weights), y));
  return JSON.stringify(toJSON([sum(value), tagged(shape, { deep: { a: [1] } }), constant(true)]));
}

interface Case {
  readonly fault: string;
  readonly path: string;
  /** Applied to the parsed document. */
  readonly change: (document: Json) => unknown;
}
type Json = { [key: string]: Json } & Json[];

/** What JSON.parse makes of a text, typed so that tests can change any part of it. */
const parse = (json: string): Json => JSON.parse(json) as Json;
const set = (target: Json, key: string | number, value: unknown): void => {
  Object.defineProperty(target, key, {
    value,
    enumerable: true,
    writable: true,
    configurable: true,
  });
};

function nested(depth: number): unknown {
  let value: unknown = 1;
  for (let i = 0; i < depth; i++) value = [value];
  return value;
}

const cases: readonly Case[] = [
  { fault: 'a number', path: '', change: () => 7 },
  { fault: 'null', path: '', change: () => null },
  { fault: 'an array', path: '', change: () => [] },
  { fault: 'another format', path: 'format', change: (d) => set(d, 'format', 'other') },
  { fault: 'a later version', path: 'version', change: (d) => set(d, 'version', 2) },
  { fault: 'a missing part', path: 'nodes', change: (d) => Reflect.deleteProperty(d, 'nodes') },
  { fault: 'an unknown key', path: 'extra', change: (d) => set(d, 'extra', 1) },
  { fault: 'the key __proto__', path: '__proto__', change: (d) => set(d, '__proto__', {}) },
  {
    fault: 'the key __proto__ in a node',
    path: 'nodes[1].__proto__',
    change: (d) => set(d['nodes']![1]!, '__proto__', { op: 'exp' }),
  },
  {
    fault: 'the key __proto__ in attributes',
    path: 'nodes[4].attrs.deep.__proto__',
    change: (d) => set(d['nodes']![4]!['attrs']!['deep']!, '__proto__', { polluted: true }),
  },
  {
    fault: 'the key constructor in attributes',
    path: 'nodes[4].attrs.constructor',
    change: (d) => set(d['nodes']![4]!['attrs']!, 'constructor', {}),
  },
  { fault: 'inputs that are no array', path: 'inputs', change: (d) => set(d, 'inputs', {}) },
  {
    fault: 'an unknown dtype',
    path: 'inputs[0].dtype',
    change: (d) => set(d['inputs']![0]!, 'dtype', 'float16'),
  },
  {
    fault: 'a negative size',
    path: 'inputs[0].shape[0]',
    change: (d) => set(d['inputs']![0]!, 'shape', [-1]),
  },
  {
    fault: 'a size beyond exact integers',
    path: 'inputs[0].shape[0]',
    change: (d) => set(d['inputs']![0]!, 'shape', [2 ** 53]),
  },
  {
    fault: 'too many axes',
    path: 'inputs[0].shape',
    change: (d) =>
      set(
        d['inputs']![0]!,
        'shape',
        Array.from({ length: 65 }, () => 1),
      ),
  },
  {
    fault: 'a name that is no string',
    path: 'inputs[1].name',
    change: (d) => set(d['inputs']![1]!, 'name', 3),
  },
  {
    fault: 'weak that is not true',
    path: 'inputs[1].weak',
    change: (d) => set(d['inputs']![1]!, 'weak', false),
  },
  {
    fault: 'a constant of unknown size',
    path: 'constants[1].shape',
    change: (d) => set(d['constants']![1]!, 'shape', [null]),
  },
  {
    fault: 'a constant of absurd size',
    path: 'constants[0].data',
    change: (d) => set(d['constants']![0]!, 'shape', [2 ** 40, 2 ** 40, 2 ** 40]),
  },
  {
    fault: 'bytes that do not fill the shape',
    path: 'constants[0].data',
    change: (d) => set(d['constants']![0]!, 'data', 'AAAA'),
  },
  {
    fault: 'bytes of another dtype',
    path: 'constants[0].data',
    change: (d) => set(d['constants']![0]!, 'dtype', 'float32'),
  },
  {
    fault: 'text that is not base64',
    path: 'constants[0].data',
    change: (d) => set(d['constants']![0]!, 'data', '!!!!'),
  },
  {
    fault: 'a bool of 2',
    path: 'constants[1].data',
    change: (d) => set(d['constants']![1]!, 'data', 'Ag=='),
  },
  {
    fault: 'an unknown op',
    path: 'nodes[0].op',
    change: (d) => set(d['nodes']![0]!, 'op', 'eval'),
  },
  {
    fault: 'the op toString',
    path: 'nodes[0].op',
    change: (d) => set(d['nodes']![0]!, 'op', 'toString'),
  },
  {
    fault: 'a reference to a later node',
    path: 'nodes[0].inputs[1]',
    change: (d) => set(d['nodes']![0]!['inputs']!, 1, 5),
  },
  {
    fault: 'a node that needs itself',
    path: 'nodes[0].inputs[0]',
    change: (d) => set(d['nodes']![0]!['inputs']!, 0, 4),
  },
  {
    fault: 'a fractional reference',
    path: 'nodes[0].inputs[0]',
    change: (d) => set(d['nodes']![0]!['inputs']!, 0, 0.5),
  },
  {
    fault: 'a wrong number of inputs',
    path: 'nodes[1].inputs',
    change: (d) => set(d['nodes']![1]!, 'inputs', [0]),
  },
  {
    fault: 'a wrong number of outputs',
    path: 'nodes[2].outputs',
    change: (d) => d['nodes']![2]!['outputs']!.pop(),
  },
  {
    fault: 'a type that is not inferred',
    path: 'nodes[0].outputs[0]',
    change: (d) => set(d['nodes']![0]!['outputs']![0]!, 'shape', [3]),
  },
  {
    fault: 'a weakness that is not inferred',
    path: 'nodes[0].outputs[0]',
    change: (d) => set(d['nodes']![0]!['outputs']![0]!, 'weak', true),
  },
  {
    fault: 'inputs that do not fit each other',
    path: 'nodes[0]',
    change: (d) => set(d['inputs']![0]!, 'shape', [7]),
  },
  {
    fault: 'attributes that the op cannot use',
    path: 'nodes[3]',
    change: (d) => set(d['nodes']![3]!, 'attrs', { axes: null }),
  },
  {
    fault: 'attributes that are no object',
    path: 'nodes[3].attrs',
    change: (d) => set(d['nodes']![3]!, 'attrs', [1]),
  },
  {
    fault: 'attributes nested too deeply',
    path: `nodes[4].attrs.deep${'[0]'.repeat(32)}`,
    change: (d) => set(d['nodes']![4]!['attrs']!, 'deep', nested(100_000)),
  },
  {
    fault: 'a number that is not marked as it should be',
    path: 'nodes[4].attrs.deep.$number',
    change: (d) => set(d['nodes']![4]!['attrs']!, 'deep', { $number: '12' }),
  },
  {
    fault: 'an output that does not exist',
    path: 'outputs[1]',
    change: (d) => set(d['outputs']!, 1, 99),
  },
];

describe('fromJSON on a document that is not valid', () => {
  it('accepts the document before it is changed', () => {
    expect(fromJSON(parse(text()), ops).outputs).toHaveLength(3);
  });

  it.each(cases)('refuses $fault, naming $path', ({ path, change }) => {
    const document = parse(text());
    const result = change(document);
    const changed = path === '' ? result : document;
    const error = caught(() => fromJSON(changed, ops));
    expect(error).toBeInstanceOf(SerializationError);
    expect(error).toMatchObject({ code: 'GRAPH_DOCUMENT_INVALID', data: { path } });
    expect('polluted' in {}).toBe(false);
  });

  it('refuses attributes that share an object, which could unfold without bound', () => {
    let shared: unknown = [1];
    for (let i = 0; i < 30; i++) shared = [shared, shared];
    const document = parse(text());
    set(document['nodes']![4]!['attrs']!, 'deep', shared);
    expect(caught(() => fromJSON(document, ops))).toMatchObject({ code: 'GRAPH_DOCUMENT_INVALID' });
  });

  it('keeps what the op said as the cause', () => {
    const document = parse(text());
    set(document['inputs']![0]!, 'shape', [7]);
    const error = caught(() => fromJSON(document, ops));
    expect(error instanceof Error && error.cause).toMatchObject({ code: 'SHAPE_BROADCAST' });
  });
});

describe('formatPath', () => {
  it('writes indices in brackets and keys after points', () => {
    expect(formatPath(['nodes', 3, 'inputs', 1])).toBe('nodes[3].inputs[1]');
    expect(formatPath([])).toBe('');
  });
});
