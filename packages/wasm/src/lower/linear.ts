import { fold } from '@cotangent/loops';
import type { Value } from '@cotangent/loops';

/** Σ coefficient · name + constant. */
export interface Linear {
  readonly terms: ReadonlyMap<Value, number>;
  readonly constant: number;
}

/** A value as a linear form; what is not a sum or a multiple is a name. */
export function linearOf(x: Value): Linear {
  return fold<Linear>(x, (y, [p, q]) => {
    if (y.kind === 'const') return { terms: new Map(), constant: y.value };
    if (y.kind === 'binary' && p && q) {
      if (y.op === 'add') return combined(p, q, 1);
      if (y.op === 'sub') return combined(p, q, -1);
      if (y.op === 'mul' && q.terms.size === 0) return combined(zero, p, q.constant);
      if (y.op === 'mul' && p.terms.size === 0) return combined(zero, q, p.constant);
    }
    return { terms: new Map([[y, 1]]), constant: 0 };
  });
}

const zero: Linear = { terms: new Map(), constant: 0 };

function combined(a: Linear, b: Linear, scale: number): Linear {
  const terms = new Map(a.terms);
  for (const [x, k] of b.terms) {
    const sum = (terms.get(x) ?? 0) + k * scale;
    if (sum === 0) terms.delete(x);
    else terms.set(x, sum);
  }
  return { terms, constant: a.constant + b.constant * scale };
}
