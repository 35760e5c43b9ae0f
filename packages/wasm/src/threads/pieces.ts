import { bytesOf, i32, letIn, load, store } from '@cotangent/loops';
import type { Buffer, Index, Local, Statement } from '@cotangent/loops';
import { freeNames } from '../emit/outline.ts';
import { allStatements, changedLocals } from '../emit/written.ts';
import { buffersIn } from '../lower/buffers.ts';
import { regionOf, slotOf } from './regions.ts';

/** Statements that become one function: of one thread, or of all in parts. */
export interface Piece {
  readonly body: readonly Statement[];
  readonly parts: Parts | undefined;
}

/** How a piece is shared between threads. */
export interface Parts {
  /** The number of the part, in the body. */
  readonly index: Index;
  readonly count: number;
  /** Of one part on one core, roughly. */
  readonly nanoseconds: number;
  /** Buffers of which each part has one for itself, and how many bytes they are apart. */
  readonly privates: ReadonlyMap<Buffer, number>;
}

/** Statements in pieces, with the memory that the pieces hand values on in. */
export interface Pieces {
  readonly pieces: readonly Piece[];
  readonly sizes: ReadonlyMap<Buffer, number>;
}

/**
 * Cuts statements where it pays to do some of them on several threads: the same operations in the same
 * order on every element, so the same bits, whatever the number of threads.
 *
 * @param isInner - whether nothing but these statements uses a buffer.
 * @param least - nanoseconds of work that are worth sharing.
 */
export function piecesOf(
  body: readonly Statement[],
  threads: number,
  isInner: (buffer: Buffer) => boolean,
  least?: number,
): Pieces {
  if (threads === 1) return { pieces: [{ body, parts: undefined }], sizes: new Map() };
  const sizes = new Map<Buffer, number>();
  const pieces: Piece[] = [];
  let serial: Statement[] = [];
  const finish = (): void => {
    if (serial.length > 0) pieces.push({ body: serial, parts: undefined });
    serial = [];
  };
  for (const s of body) {
    const isOwn = (b: Buffer): boolean =>
      isInner(b) && !body.some((other) => other !== s && buffersIn([other]).includes(b));
    const region = regionOf(s, threads, isOwn, least);
    if (region === undefined) {
      serial.push(s);
      continue;
    }
    finish();
    const { part, parts: count, nanoseconds, after, partial } = region;
    const privates = new Map<Buffer, number>();
    for (const [b, elements] of region.privates) {
      const spaced = roundUp(elements, cacheLine / bytesOf[b.dtype]);
      sizes.set(b, count * spaced);
      privates.set(b, spaced * bytesOf[b.dtype]);
    }
    pieces.push({ body: region.body, parts: { index: part, count, nanoseconds, privates } });
    for (const { buffer, elements } of partial) sizes.set(buffer, elements);
    serial.push(...after);
  }
  finish();
  return { pieces: pieces.length > 1 ? connected(pieces, sizes) : pieces, sizes };
}

/** What parts have for themselves shares no cache line. */
const cacheLine = 64;

function roundUp(count: number, step: number): number {
  return Math.ceil(count / step) * step;
}

/** Pieces that hand the locals on that later ones need, through memory. */
function connected(pieces: readonly Piece[], sizes: Map<Buffer, number>): readonly Piece[] {
  const mentioned = pieces.map(({ body }) => mentionedLocals(body));
  const slots = new Map<Local, Buffer>();
  return pieces.map(({ body, parts }, k) => {
    const loads = [...mentioned[k]!].flatMap((x) => {
      const slot = slots.get(x);
      return slot === undefined ? [] : [letIn(x, load(slot, i32(0)))];
    });
    if (parts !== undefined) return { body: [...loads, ...body], parts };
    const changed = new Set([...boundIn(body), ...changedLocals(allStatements(body))]);
    const stores = [...changed].flatMap((x) => {
      const isNeeded = mentioned.slice(k + 1).some((later) => later.has(x));
      if (!isNeeded || !(slots.has(x) || boundIn(body).has(x))) return [];
      const slot = slots.get(x) ?? slotOf(x);
      slots.set(x, slot);
      sizes.set(slot, 1);
      return [store(slot, i32(0), x)];
    });
    return { body: [...loads, ...body, ...stores], parts };
  });
}

function boundIn(body: readonly Statement[]): ReadonlySet<Local> {
  return new Set(body.flatMap((s) => (s.kind === 'let' ? s.local : [])));
}

/** Locals that statements read or change and do not bind themselves. */
function mentionedLocals(body: readonly Statement[]): ReadonlySet<Local> {
  const bound = new Set(allStatements(body).flatMap((s) => (s.kind === 'let' ? s.local : [])));
  const changed = [...changedLocals(allStatements(body))].filter((x) => !bound.has(x));
  return new Set([...freeNames(body).filter((name) => name.kind === 'local'), ...changed]);
}
