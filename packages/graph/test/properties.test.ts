import {
  SerializationError,
  debugPrint,
  fromJSON,
  mergeEqual,
  printExpression,
  structuralHash,
  structurallyEqual,
  toDot,
  toJSON,
  topologicalNodes,
} from '@cotangent/graph';
import type { GraphDocument, LoadedGraph } from '@cotangent/graph';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { add, exp, less, mul, neg, power, select, stack, sub, sum, withShape } from './ops.ts';
import { randomGraphs } from './random-graph.ts';

const ops = [add, mul, sub, neg, exp, less, select, power, sum, withShape, stack];

function load(document: unknown): LoadedGraph {
  return fromJSON(
    document,
    ops.map(({ op }) => op),
  );
}

const throughText = (document: GraphDocument): unknown => JSON.parse(JSON.stringify(document));

describe('a random graph', () => {
  it('is structurally equal after a round trip through JSON', () => {
    fc.assert(
      fc.property(randomGraphs, ({ inputs, outputs }) => {
        const document = toJSON(outputs, { inputs });
        const loaded = load(throughText(document));
        const pairs = inputs.map((x, i) => [x, loaded.inputs[i]!] as const);
        expect(structurallyEqual(outputs, loaded.outputs, { inputs: pairs })).toBe(true);
        expect(structuralHash(loaded.outputs)).toBe(structuralHash(outputs));
        expect(printExpression(loaded.outputs)).toBe(printExpression(outputs));
        expect(toJSON(loaded.outputs, { inputs: loaded.inputs })).toEqual(document);
      }),
    );
  });

  it('is merged once and for all', () => {
    fc.assert(
      fc.property(randomGraphs, ({ outputs }) => {
        const once = mergeEqual(outputs);
        const twice = mergeEqual(once);
        expect(twice.every((y, i) => y === once[i])).toBe(true);
        expect(structurallyEqual(outputs, once)).toBe(true);
        expect(structuralHash(once)).toBe(structuralHash(outputs));
        expect(topologicalNodes(once).length).toBeLessThanOrEqual(topologicalNodes(outputs).length);
      }),
    );
  });

  it('is printed with every node once', () => {
    fc.assert(
      fc.property(randomGraphs, ({ outputs }) => {
        const nodes = topologicalNodes(outputs);
        const tree = debugPrint(outputs, { types: false }).split('\n');
        const isNode = (line: string): boolean =>
          nodes.some(({ op }) => line.replace(/^[│├└─ ]*/, '').split(/[ .{]/)[0] === op.name);
        expect(tree.filter(isNode)).toHaveLength(nodes.length);
        expect(printExpression(outputs).match(/ = \w+(\{.*\})?\(/g) ?? []).toHaveLength(
          nodes.length,
        );
        expect(toDot(outputs).match(/shape=box/g) ?? []).toHaveLength(nodes.length);
      }),
    );
  });
});

/** A copy of `value` with the part at a path (keys counted modulo) replaced. */
function mutate(value: unknown, path: readonly number[], replacement: unknown): unknown {
  const [first, ...rest] = path;
  if (first === undefined || typeof value !== 'object' || value === null) return replacement;
  const keys = Object.keys(value);
  if (keys.length === 0) return replacement;
  const key = keys[first % keys.length]!;
  const part = mutate(Reflect.get(value, key), rest, replacement);
  if (Array.isArray(value))
    return value.map((item: unknown, i) => (String(i) === key ? part : item));
  return { ...value, [key]: part };
}

/** What becomes of a document; errors that no document should cause are passed on. */
function outcome(document: unknown): string {
  try {
    load(document);
    return 'loaded';
  } catch (error) {
    if (error instanceof SerializationError) return error.code;
    throw error;
  }
}

describe('fromJSON', () => {
  it('accepts a changed document or refuses it with a SerializationError, nothing else', () => {
    const change = fc.tuple(fc.array(fc.nat(), { maxLength: 6 }), fc.jsonValue());
    fc.assert(
      fc.property(randomGraphs, change, ({ outputs }, [path, replacement]) => {
        const changed = mutate(throughText(toJSON(outputs)), path, replacement);
        expect(['loaded', 'GRAPH_DOCUMENT_INVALID']).toContain(outcome(changed));
      }),
      { numRuns: 500 },
    );
  });
});
