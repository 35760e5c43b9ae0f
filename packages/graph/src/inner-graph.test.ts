import { describe, expect, it } from '@jest/globals';
import { tensorFrom } from '@cotangent/tensor';
import { elementwise } from './elementwise.ts';
import { defineOp } from './define-op.ts';
import { mergeEqual, structuralHash, structurallyEqual } from './equality.ts';
import { InnerGraph, innerGraphsOf } from './inner-graph.ts';
import { scalar, vector } from './inputs.ts';
import { debugPrint, printExpression } from './print.ts';
import { withRecordedNodes } from './recording.ts';
import { fromJSON, toJSON } from './serialize.ts';
import { tensorType } from './types.ts';
import type { Op } from './op.ts';
import type { OpFunction } from './define-op.ts';
import type { Variable } from './variable.ts';

const add = elementwise<2>('add', 2, { eval: (a, b) => a + b, diff: 'zero', points: [[1, 2]] });
const mul = elementwise<2>('mul', 2, { eval: (a, b) => a * b, diff: 'zero', points: [[1, 2]] });

/** y = graph(x): an op with an inner graph. */
const apply: OpFunction<number, number, { readonly body: InnerGraph }> = defineOp(
  'apply',
  { inputs: 'variadic', outputs: 'variadic' },
  {
    infer: (types, { body }) => body.on(types).outputs.map(({ type }) => type),
    eval: (xs, { body }) => body.run(xs),
  },
);

const square = (name: string): InnerGraph => {
  const x = scalar(name);
  return new InnerGraph([x], [mul(x, x)]);
};
const [a, b] = [scalar('a'), scalar('b')];
const code = (name: string) => expect.objectContaining({ code: name });

describe('InnerGraph', () => {
  it('runs, is applied, and knows what depends on what', () => {
    const graph = new InnerGraph([a, b], [add(mul(a, a), 1), b]);
    expect(graph.run([tensorFrom(3), tensorFrom(5)]).map((y) => y.item())).toEqual([10, 5]);
    expect(structurallyEqual(graph.applied([b, a]), [add(mul(b, b), 1), a])).toBe(true);
    expect(graph.connectionPattern).toEqual([
      [true, false],
      [false, true],
    ]);
    expect(graph.toString()).toContain('a: float64[]');
  });

  it('becomes a graph of other types, itself if they are the same', () => {
    const x = vector('x');
    const graph = new InnerGraph([x], [mul(x, x)]);
    expect(graph.on([x.type])).toBe(graph);
    const known = graph.on([tensorType('float32', [3])]);
    expect(known.outputs[0]!.type).toEqual(tensorType('float32', [3]));
    expect(graph.on([tensorType('float32', [3])])).toBe(known);
  });

  it('refuses inputs that are none or twice, and outputs that need others', () => {
    const wrong = mul(a, a) as unknown as typeof a;
    expect(() => new InnerGraph([wrong], [])).toThrow(code('GRAPH_INNER_INPUT'));
    expect(() => new InnerGraph([a, a], [])).toThrow(code('GRAPH_INNER_INPUT'));
    expect(() => new InnerGraph([a], [mul(a, b)])).toThrow(code('GRAPH_INNER_FREE'));
  });

  it('makes nodes equal that apply equal graphs', () => {
    const [x, y] = [apply([a], { body: square('u') })[0]!, apply([a], { body: square('v') })[0]!];
    const other = apply([a], { body: new InnerGraph([b], [add(b, b)]) })[0]!;
    expect(structurallyEqual([x], [y])).toBe(true);
    expect(structurallyEqual([x], [other])).toBe(false);
    expect(structuralHash([x])).toBe(structuralHash([y]));
    expect(structuralHash([x])).not.toBe(structuralHash([other]));
    const [first, second] = mergeEqual([x, y]);
    expect(first).toBe(second);
  });

  it('is printed with its node', () => {
    const y = apply([a], { body: square('u') });
    expect(printExpression(y)).toBe(
      [
        '(a: float64[]) =>',
        '  %0 = apply{body=<graph>}(a) : float64[]',
        '    body: (u: float64[]) =>',
        '      %0 = mul(u, u) : float64[]',
        '      return %0',
        '  return %0',
      ].join('\n'),
    );
    expect(debugPrint(y)).toContain('┊  body: (u: float64[]) =>');
  });

  it('is saved with its node, nested too', () => {
    const outer = new InnerGraph([b], apply([add(b, 1)], { body: square('u') }));
    const y = apply([a], { body: outer });
    const document: unknown = JSON.parse(JSON.stringify(toJSON(y)));
    const loaded = fromJSON(document, [apply.op, add.op, mul.op]);
    expect(printExpression(loaded.outputs)).toBe(printExpression(y));
  });

  it('is checked when it is loaded', () => {
    const document = JSON.stringify(toJSON(apply([a], { body: square('u') })));
    const load = (text: string) => () => fromJSON(JSON.parse(text), [apply.op, mul.op]);
    expect(load(document.replace('"op":"mul"', '"op":"run"'))).toThrow(
      expect.objectContaining({
        code: 'GRAPH_DOCUMENT_INVALID',
        data: { path: 'nodes[0].attrs.body.$graph.nodes[0].op' },
      }),
    );
    const twice = JSON.parse(document) as { nodes: { attrs: object }[] };
    twice.nodes.push({ ...twice.nodes[0]! });
    expect(() => fromJSON(twice, [apply.op, mul.op])).toThrow(code('GRAPH_DOCUMENT_INVALID'));
    let deep: unknown = JSON.parse(document);
    for (let k = 0; k < 40; k++) {
      const copy = JSON.parse(document) as { nodes: { attrs: object }[] };
      copy.nodes[0]!.attrs = { body: { $graph: deep } };
      deep = copy;
    }
    expect(() => fromJSON(deep, [apply.op, mul.op])).toThrow(code('GRAPH_DOCUMENT_INVALID'));
  });

  it('is found among attributes', () => {
    const body = square('u');
    expect(innerGraphsOf({ n: 1, body })).toEqual([['body', body]]);
  });
});

describe('mergeEqual', () => {
  it('keeps nodes with an effect apart', () => {
    const say: { readonly op: Op } & ((x: Variable) => Variable) = defineOp<1, 1>(
      'say',
      { inputs: 1, outputs: 1 },
      { infer: ([x]) => [x], eval: ([x]) => [x], effect: true },
    );
    const [x, y] = mergeEqual([say(a), say(a)]);
    expect(x).not.toBe(y);
  });
});

describe('withRecordedNodes', () => {
  it('tells which nodes were built, by inner calls too', () => {
    const before = mul(a, b);
    const { value, nodes } = withRecordedNodes(() => {
      const inner = withRecordedNodes(() => add(before, 1));
      expect(inner.nodes.size).toBe(1);
      return mul(inner.value, 2);
    });
    expect([...nodes].map(({ op }) => op.name)).toEqual(['add', 'mul']);
    expect(value.kind).toBe('result');
    mul(a, a);
    expect(nodes.size).toBe(2);
  });
});
