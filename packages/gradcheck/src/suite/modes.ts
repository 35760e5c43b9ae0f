import type { Backend, Mode } from '@cotangent/compile';
import { compiled } from '../compiled.ts';
import type { OpCase } from '../op/cases.ts';
import { applied, knownSizes } from '../op/linearise.ts';
import { valuesDiffer } from '../op/value-checks.ts';

/**
 * Compares the values of an op in each mode of compilation with those of its own `eval`, edges included.
 * Elementary functions of different makes differ in the last digits: 64 roundings of the largest element.
 */
export function modesDiffer(
  c: OpCase,
  modes: readonly Mode[],
  backend: Backend | undefined,
): string | undefined {
  const base = applied(c, knownSizes);
  const values = base.evaluate(c.inputs);
  for (const mode of modes) {
    const run = compiled(base.given, base.node.outputs, mode, backend);
    const finding = valuesDiffer(values, run(...base.pick(c.inputs)), 64);
    if (finding !== undefined) return `in mode ${mode} ${finding}`;
  }
  return undefined;
}
