import { describe, expect, it, jest } from '@jest/globals';
import {
  InnerGraph,
  innerGraphsOf,
  topologicalNodes,
  constant,
  scalar,
  vector,
} from '@cotangent/graph';
import type { Apply, Variable } from '@cotangent/graph';
import {
  add,
  exp,
  gt,
  ifElse,
  log,
  mul,
  print,
  scan,
  sin,
  square,
  sub,
  sum,
  tanh,
} from '@cotangent/ops';
import { compile } from './compile.ts';
import { defaultPasses } from './rewrites.ts';
import { runPasses } from './rewrite.ts';

const xs = vector('xs', { shape: [4] });
const w = scalar('w');
const s0 = scalar('s0');
const rewritten = (...outputs: readonly Variable[]) =>
  topologicalNodes(runPasses(outputs, defaultPasses()).outputs);
const named = (nodes: readonly Apply[], name: string) => nodes.filter(({ op }) => op.name === name);
const opsInside = (node: Apply | undefined) =>
  innerGraphsOf(node!.attrs).flatMap(([, { outputs }]) =>
    topologicalNodes(outputs).map(({ op }) => op.name),
  );

describe('loops', () => {
  it('become one where one has all the states of the other', () => {
    const step = (x?: Variable, s?: Variable) => tanh(add(mul(w, s!), x!));
    const a = scan(step, { sequences: [xs], initial: [s0] });
    const b = scan((x, s) => [step(x, s), square(s!)], { sequences: [xs], initial: [s0] });
    const loops = named(rewritten(sum(a[0]!), sum(b[1]!)), 'scan');
    expect(loops).toHaveLength(1);
    expect(opsInside(loops[0])).toEqual(['mul', 'add', 'tanh', 'square']);
  });

  it('stay apart if one needs the other, or if they start or go on differently', () => {
    const run = (from: Variable, by: Variable) =>
      scan((x, s) => [add(mul(by, s!), x!)], { sequences: [xs], initial: [from] })[0]!;
    const first = run(s0, w);
    for (const other of [run(sum(first), w), run(w, w), run(s0, s0)]) {
      expect(named(rewritten(sum(first), sum(other)), 'scan')).toHaveLength(2);
    }
  });

  it('do once, before, what is the same in every step', () => {
    const [y] = scan((x, c) => [mul(x!, exp(sin(c!)))], { sequences: [xs], nonSequences: [w] });
    const nodes = rewritten(y!);
    expect(named(nodes, 'exp')).toHaveLength(1);
    expect(opsInside(named(nodes, 'scan')[0])).toEqual(['mul']);
  });

  it('leave out states and outputs that nothing needs', () => {
    const [s] = scan((x, s, t) => [add(s!, x!), mul(t!, s!), exp(t!)], {
      sequences: [xs],
      initial: [s0, w],
    });
    expect(opsInside(named(rewritten(s!), 'scan')[0])).toEqual(['add']);
  });

  it('are not needed for what does not change', () => {
    const [s, y] = scan((s) => [s!, sin(w)], { initial: [s0], nSteps: 3 });
    const f = compile([s0, w], [s!, y!]);
    expect(
      named(
        f.program.nodes.map(({ apply }) => apply),
        'scan',
      ),
    ).toEqual([]);
    expect(f(2, 0).map((v) => v.toArray())).toEqual([
      [2, 2, 2],
      [0, 0, 0],
    ]);
  });

  it('are rewritten inside: constants of theirs fold', () => {
    const [y] = scan((x, c) => [mul(x!, exp(sub(c!, 1)))], {
      sequences: [xs],
      nonSequences: [constant(1)],
    });
    expect(opsInside(named(rewritten(y!), 'scan')[0])).toEqual(['mul']);
  });

  it('nest: inner graphs of inner graphs are rewritten too', () => {
    const graphs = rewritten(
      scan((x) => scan((s) => [mul(s!, add(exp(x!), sub(1, 1)))], { initial: [x!], nSteps: 2 }), {
        sequences: [xs],
      })[0]!,
    ).flatMap(({ attrs }) => innerGraphsOf(attrs).map(([, graph]) => graph));
    expect(graphs[0]).toBeInstanceOf(InnerGraph);
    expect(topologicalNodes(graphs[0]!.outputs).map(({ op }) => op.name)).toContain('exp');
  });
});

describe('branches', () => {
  it('take in what only they need', () => {
    const shared = sin(w);
    const y = ifElse(gt(w, 0), log(exp(shared)), square(shared));
    const nodes = rewritten(y);
    expect(nodes.map(({ op }) => op.name).sort()).toEqual(['gt', 'ifElse', 'sin']);
    expect(opsInside(named(nodes, 'ifElse')[0])).toEqual(['exp', 'log', 'square']);
  });

  it('leave outside what others need', () => {
    const e = exp(w);
    const y = ifElse(gt(w, 0), mul(2, e), w);
    expect(
      rewritten(y, e)
        .map(({ op }) => op.name)
        .sort(),
    ).toEqual(['exp', 'gt', 'ifElse']);
  });

  it('are chosen before the graph is run where the condition is known', () => {
    expect(rewritten(ifElse(gt(2, 1), exp(w), log(w))).map(({ op }) => op.name)).toEqual(['exp']);
  });
});

describe('nodes with an effect', () => {
  it('are neither folded nor merged nor moved out of a loop', () => {
    const write = jest.spyOn(console, 'log').mockImplementation(() => {});
    const twice = add(print(constant(1), 'c'), print(constant(1), 'c'));
    const [y] = scan((x, c) => [mul(x!, print(c!, 'loop', { show: [] }))], {
      sequences: [xs],
      nonSequences: [w],
    });
    const f = compile([xs, w], [twice, y!], { mode: 'reference' });
    expect(write.mock.calls).toEqual([]);
    f([1, 2, 3, 4], 2);
    const lines = write.mock.calls.map(([line]) => line);
    write.mockRestore();
    expect(lines.filter((line) => line === 'loop')).toHaveLength(4);
    expect(lines.filter((line) => String(line).startsWith('c | value'))).toHaveLength(2);
  });
});
