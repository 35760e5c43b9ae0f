import {
  accumulate,
  affine,
  binary,
  constantOf,
  forLoop,
  i32,
  ifThen,
  index,
  letIn,
  load,
  local,
  registerType,
  store,
  unary,
} from '@cotangent/loops';
import type { MatrixProduct, MatrixView, Procedure, Statement, Value } from '@cotangent/loops';
import type { Scope } from '../emit/scope.ts';
import type { Node } from '../emit/node.ts';
import { allStatements } from '../emit/written.ts';
import { call } from './helpers.ts';
import type { Helpers } from './helpers.ts';
import { productFunction } from './product.ts';
import { packedBytes, planProduct, shapeOf } from './shape.ts';
import type { Scratch } from './shape.ts';

/** Bytes of scratch memory with which every product of the procedures takes its fastest form. */
export function scratchBytes(procedures: readonly Procedure[]): number {
  let most = 0;
  for (const { body } of procedures)
    for (const s of allStatements(body))
      if (s.kind === 'matrixProduct') most = Math.max(most, packedBytes(s));
  return most;
}

/** Emits a product that has a kernel as a call of it. */
export function emitProduct(
  scope: Scope,
  helpers: Helpers,
  scratch: Scratch | undefined,
  s: MatrixProduct,
): void {
  const plan = planProduct(shapeOf(s), scratch !== undefined);
  const target = productFunction(helpers, plan, scratch ?? 0);
  const [a, b, c] = [s.a, s.b, s.out].map((view) => addressOf(scope, view));
  call(scope.builder, target, ...(plan.isTransposed ? [b!, a!, c!] : [a!, b!, c!]));
  scope.builder.touch(s.out.buffer);
}

/** The statements with loops in place of the products that have no kernel. */
export function expandProducts(body: readonly Statement[], canPack: boolean): readonly Statement[] {
  const inside = (list: readonly Statement[]): readonly Statement[] =>
    expandProducts(list, canPack);
  return body.flatMap((s): readonly Statement[] => {
    if (s.kind === 'for' || s.kind === 'while' || s.kind === 'block')
      return [{ ...s, body: inside(s.body) }];
    if (s.kind === 'if') return [ifThen(s.condition, inside(s.body), inside(s.otherwise))];
    if (s.kind !== 'matrixProduct') return [s];
    return planProduct(shapeOf(s), canPack).method === 'loops' ? [loopsOf(s)] : [s];
  });
}

function addressOf(scope: Scope, { buffer, offset }: MatrixView): Node {
  const b = scope.builder;
  const at = scope.scalar(offset);
  const base = scope.baseOf(buffer);
  const start = base.node ?? b.i32(base.constant);
  const bytes = b.mul(at, b.i32(buffer.dtype === 'float64' ? 8 : 4));
  return b.add(start, base.node ? b.add(bytes, b.i32(base.constant)) : bytes);
}

/** The product as plain loops, for matrices without neighbouring elements. */
function loopsOf(s: MatrixProduct): Statement {
  const [i, j, k] = [index('i'), index('j'), index('k')];
  const type = registerType[s.out.buffer.dtype];
  const sum = local('sum', type);
  const at = (
    { offset, rowStride, columnStride }: MatrixView,
    row: typeof i,
    column: typeof i,
  ): Value =>
    binary(
      'add',
      offset,
      affine([
        [row, rowStride],
        [column, columnStride],
      ]),
    );
  const to = at(s.out, i, j);
  const term = binary('mul', load(s.a.buffer, at(s.a, i, k)), load(s.b.buffer, at(s.b, k, j)));
  const start = s.accumulate ? load(s.out.buffer, to) : constantOf(type, 0);
  const element = [
    letIn(sum, start),
    forLoop(k, i32(0), i32(s.inner), [
      accumulate(sum, 'add', s.negate ? unary('neg', term) : term),
    ]),
    store(s.out.buffer, to, sum),
  ];
  return forLoop(i, i32(0), i32(s.rows), [forLoop(j, i32(0), i32(s.columns), element)]);
}
