import type { Linear, Node } from './node.ts';

/** More terms than this are not tracked: the sum becomes a term of its own. */
const maxTerms = 8;

/** A node as a linear form; any node is one, with itself as the only term. */
export function linearOf(n: Node): Linear {
  if (n.linear) return n.linear;
  if (n.op === 'i32.const') return { terms: [], constant: n.immediate.value ?? 0 };
  return { terms: [[n, 1]], constant: 0 };
}

/** x + scale · y, or `undefined` if it has too many terms. */
export function addScaled(x: Linear, y: Linear, scale: number): Linear | undefined {
  const constant = (x.constant + Math.imul(y.constant, scale)) | 0;
  if (y.terms.length === 0) return { terms: x.terms, constant };
  if (x.terms.length === 0 && scale === 1) return { terms: y.terms, constant };
  const scales = new Map<Node, number>(x.terms);
  for (const [term, k] of y.terms)
    scales.set(term, ((scales.get(term) ?? 0) + Math.imul(k, scale)) | 0);
  const terms = [...scales].filter(([, k]) => k !== 0);
  if (terms.length > maxTerms) return undefined;
  terms.sort(([a], [b]) => a.earliest.depth - b.earliest.depth || a.id - b.id);
  return { terms, constant };
}
