import { describe, expect, it } from '@jest/globals';
import { printProcedure } from '@cotangent/loops';
import { arenaOf, execute } from './execute.ts';
import { Interpreter } from './interpret.ts';
import { randomProgram } from './random.ts';

/** Runs a random program both ways and gives the first difference, if any. */
function differenceOf(seed: number): string | undefined {
  const { procedure, contents } = randomProgram(seed);
  const expected = arenaOf(contents);
  new Interpreter(expected.elements).run(procedure);
  for (const form of ['constants', 'parameters'] as const) {
    const actual = arenaOf(contents);
    execute([procedure], actual, form);
    for (const b of procedure.buffers) {
      const [want, got] = [expected.elements.get(b) ?? [], actual.elements.get(b) ?? []];
      for (const [k, x] of want.entries())
        if (!Object.is(x, got[k]))
          return `seed ${seed} (${form}): ${b.name}[${k}] is ${got[k]}, not ${x}\n${printProcedure(procedure)}`;
    }
  }
  return undefined;
}

describe('emitModule', () => {
  it('gives the bits of the interpreter for random programs', () => {
    for (let seed = 1; seed <= 1000; seed++) expect(differenceOf(seed)).toBeUndefined();
  });
});
