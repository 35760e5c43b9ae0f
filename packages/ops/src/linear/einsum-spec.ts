import { ShapeError, ValueError } from '@cotangent/tensor';
import { formatShape } from '@cotangent/graph';
import type { Shape } from '@cotangent/graph';

/** A parsed specification: one label per axis of every operand and of the result. An axis of an ellipsis is `.0`, `.1`, … */
export interface EinsumLabels {
  readonly operands: readonly (readonly string[])[];
  readonly output: readonly string[];
}

/**
 * Reads NumPy's notation, `'ij,jk->ik'`: one letter per axis, `...` for the axes that are not named, matched from the
 * right. Without `->` the result has the ellipsis and then, in alphabetical order, every letter that occurs once.
 *
 * @throws ValueError `OP_EINSUM_SYNTAX`, `OP_EINSUM_OPERANDS`, `OP_EINSUM_OUTPUT`; ShapeError `OP_RANK`.
 */
export function parseEinsum(spec: string, shapes: readonly Shape[]): EinsumLabels {
  const [left, right, ...rest] = spec.replaceAll(' ', '').split('->');
  if (left === undefined || rest.length > 0) throw invalid(spec, "'->' occurs more than once");
  const terms = left.split(',').map((term) => tokens(term, spec));
  if (terms.length !== shapes.length) throw operandCount(spec, terms.length, shapes.length);
  const unnamed = terms.map((term, i) => unnamedAxes(term, shapes[i]!, i, spec));
  const most = Math.max(...unnamed);
  const operands = terms.map((term, i) => spelledOut(term, most, unnamed[i]!));
  const result = right === undefined ? implicitOutput(terms, most) : tokens(right, spec);
  const output = spelledOut(result, most, most);
  checkOutput(spec, output, operands);
  return { operands, output };
}

/** Letters, and `...` as one token. */
function tokens(term: string, spec: string): readonly string[] {
  const found = term.match(/\.\.\.|[A-Za-z]/g) ?? [];
  if (found.join('') !== term) throw invalid(spec, `'${term}' is not a list of letters and '...'`);
  if (found.filter((token) => token === '...').length > 1)
    throw invalid(spec, `'${term}' has two ellipses`);
  return found;
}

/** How many axes the ellipsis of a term stands for. */
function unnamedAxes(
  term: readonly string[],
  shape: Shape,
  position: number,
  spec: string,
): number {
  const hasEllipsis = term.includes('...');
  const named = term.length - Number(hasEllipsis);
  if (hasEllipsis ? named <= shape.length : named === shape.length) return shape.length - named;
  throw new ShapeError(
    `einsum: operand ${position}, ${formatShape(shape)}, does not have the axes '${term.join('')}'`,
    {
      code: 'OP_RANK',
      hint: `write one letter per axis, or '...' for those without a name`,
      data: { op: 'einsum', spec, position, shape },
    },
  );
}

function spelledOut(term: readonly string[], most: number, count: number): readonly string[] {
  const axes = Array.from({ length: count }, (_, k) => `.${most - count + k}`);
  return term.flatMap((token) => (token === '...' ? axes : [token]));
}

function implicitOutput(terms: readonly (readonly string[])[], most: number): readonly string[] {
  const letters = terms.flat().filter((token) => token !== '...');
  const once = letters.filter((letter) => letters.indexOf(letter) === letters.lastIndexOf(letter));
  return [...(most > 0 ? ['...'] : []), ...once.sort()];
}

function checkOutput(
  spec: string,
  output: readonly string[],
  operands: readonly (readonly string[])[],
): void {
  const known = new Set(operands.flat());
  const repeated = output.find((label, k) => output.indexOf(label) !== k);
  const stray = output.find((label) => !known.has(label));
  const dropped = [...known].find((label) => label.startsWith('.') && !output.includes(label));
  if (repeated !== undefined) throw wrongOutput(spec, `'${repeated}' occurs twice`);
  if (stray !== undefined) throw wrongOutput(spec, `'${stray}' is in no operand`);
  if (dropped !== undefined)
    throw wrongOutput(spec, 'the ellipsis is missing; sum over named axes');
}

function invalid(spec: string, why: string): ValueError {
  return new ValueError(`einsum: '${spec}' is not a specification: ${why}`, {
    code: 'OP_EINSUM_SYNTAX',
    hint: "write it like 'ij,jk->ik', or '...ij,...jk->...ik'",
    data: { op: 'einsum', spec },
  });
}

function operandCount(spec: string, named: number, given: number): ValueError {
  return new ValueError(`einsum: '${spec}' names ${named} operands, ${given} are given`, {
    code: 'OP_EINSUM_OPERANDS',
    hint: 'commas separate the operands',
    data: { op: 'einsum', spec, named, given },
  });
}

function wrongOutput(spec: string, why: string): ValueError {
  return new ValueError(`einsum: the result of '${spec}': ${why}`, {
    code: 'OP_EINSUM_OUTPUT',
    hint: 'the result names each of its axes once, and all of them are axes of operands',
    data: { op: 'einsum', spec },
  });
}
