import { describe, expect, it } from '@jest/globals';
import { abs, add, div, mul, pow, sign, square, sub, tanh, zeroGrad } from '@cotangent/ops';
import { elementwise } from '@cotangent/graph';
import type { Op } from '@cotangent/graph';
import { mutationScore } from './score.ts';

/** y = x / (1 + |x|), at some points. */
function softsign(points: readonly (readonly [number])[]): { readonly op: Op } {
  return elementwise<1>('softsign', 1, {
    eval: (x) => x / (1 + Math.abs(x)),
    diff: [(g, [x]) => div(g, square(add(1, abs(x))))],
    points,
  });
}

describe('mutationScore', () => {
  it('is 1 where the samples show every wrong rule', () => {
    const { score, survived, killed, equivalent, mutants } = mutationScore(
      softsign([[-2.5], [0.5], [3]]),
    );
    expect([score, survived]).toEqual([1, 0]);
    expect(killed).toBeGreaterThan(20);
    expect(killed + equivalent).toBe(mutants.length);
  });

  it('shows that samples of one sign are too weak, and where', () => {
    const report = mutationScore(softsign([[0.5], [3]]));
    expect(report.score).toBeLessThan(1);
    const survivor = report.mutants.find(({ verdict }) => verdict === 'survived')!;
    expect(survivor.description).toBe(
      'derivative by input 0: node 0, abs: its input 0 instead of its value',
    );
    expect(survivor.differsAt).toMatch(/like sample #0 \(float64\) but at tensor\(-/);
    expect(report.toText()).toContain(survivor.id);
  });

  it('names the check and the sample that kill a mutant', () => {
    const { mutants } = mutationScore(tanh);
    const by = (id: string): string | undefined => mutants.find((m) => m.id === id)?.by?.check;
    expect(by('diff[0]/negate')).toBe('vjp.value');
    expect(by('diff[0]/scale:0.000001')).toBe('vjp.value');
    expect(by('diff[0]/dtype')).toBeDefined();
    expect(by('diff[0]/hold-constant:-1')).toBe('order2.difference');
  });

  it('does not count a mutant with the same derivatives', () => {
    // ∂(x − x·1)/∂x as g − g·1: dropping the constant factor changes nothing.
    const plain = elementwise<1>('plain', 1, {
      eval: (x) => 2 * x,
      diff: [(g) => add(g, mul(g, 1))],
      points: [[-2.5], [0.5]],
    });
    const { equivalent, survived, mutants } = mutationScore(plain);
    expect(survived).toBe(0);
    expect(equivalent).toBeGreaterThan(0);
    expect(mutants.find(({ id }) => id === 'diff[0]/bypass:0@0:mul')?.verdict).toBe('equivalent');
  });

  it('sees a branch that is wrong at its sample only, by the second derivative there', () => {
    // With `eq(x, 1)` instead of `eq(x, 0)` the gradient by the exponent is right at 1 and its derivative is not.
    const id = 'diff[1]/constant:1+1@0:eq';
    const mutant = mutationScore(pow, undefined, { budget: 1000 }).mutants.find((m) => m.id === id);
    expect([mutant?.verdict, mutant?.by?.check]).toEqual(['killed', 'order2.difference']);
  });

  it('has no score where nothing can be changed', () => {
    const step = elementwise<1>('step', 1, { eval: (x) => Number(x > 0), points: [[1], [-1]] });
    const report = mutationScore(step);
    expect([report.score, report.mutants]).toEqual([undefined, []]);
    expect(report.toText()).toBe('step: nothing to change (0 killed, 0 survived, 0 equivalent)');
    expect(mutationScore(sign).score).toBe(1);
  });

  it('counts no failure that the op has without a mutation', () => {
    const { mutants } = mutationScore(zeroGrad);
    expect(mutants.every(({ by }) => by?.check !== 'vjp.value')).toBe(true);
  });

  it('leaves out what only second derivatives show at order 1', () => {
    const held = (order: 1 | 2): readonly string[] =>
      mutationScore(sub, undefined, { order }).mutants.map(({ verdict }) => verdict);
    expect(held(1)).not.toContain('survived');
    const { mutants } = mutationScore(tanh, undefined, { order: 1 });
    expect(mutants.find(({ id }) => id === 'diff[0]/hold-constant:-1')?.verdict).toBe('equivalent');
  });

  it('is plain data but for its text', () => {
    const report = mutationScore(tanh, undefined, { budget: 5 });
    const content = { ...report, toText: undefined };
    expect(structuredClone(content)).toEqual(content);
    expect(report.toText()).toContain('tanh: 100.0 %');
  });
});
