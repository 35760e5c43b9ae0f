import { ValueError } from './errors.ts';
import type { SliceEntry, SliceRange } from './slice.ts';

/**
 * Reads NumPy's notation for basic indexing: entries separated by commas, each an integer, a range `start:stop:step`
 * with any part left out, `...` or `newaxis` (also `None`).
 *
 * @throws ValueError `SLICE_SYNTAX`; `data.position` is the place in the text, counted from 0.
 * @example
 * ```ts
 * import { parseSliceSpec } from '@cotangent/tensor';
 * parseSliceSpec('1:, ..., ::-1'); // [{ start: 1 }, 'ellipsis', { step: -1 }]
 * ```
 */
export function parseSliceSpec(text: string): SliceEntry[] {
  const entries: SliceEntry[] = [];
  let position = 0;
  const parts = text.split(',');
  parts.forEach((part, k) => {
    const isTrailing = k > 0 && k === parts.length - 1 && part.trim() === ''; // '1,' as in a Python tuple
    if (!isTrailing) entries.push(parseEntry(part, position, text));
    position += part.length + 1;
  });
  return entries;
}

const words: ReadonlyMap<string, SliceEntry> = new Map<string, SliceEntry>([
  ['...', 'ellipsis'],
  ['newaxis', 'newaxis'],
  ['None', 'newaxis'],
]);

function parseEntry(part: string, position: number, text: string): SliceEntry {
  const trimmed = part.trim();
  const word = words.get(trimmed);
  if (word !== undefined) return word;
  if (trimmed === '') throw syntaxError('expected an entry', position, text);
  const bounds = part.split(':');
  if (bounds.length > 3) {
    const third = position + bounds.slice(0, 3).join(':').length;
    throw syntaxError('a range has at most two colons', third, text);
  }
  const values: (number | undefined)[] = [];
  let at = position;
  for (const bound of bounds) {
    values.push(parseInteger(bound, at, text));
    at += bound.length + 1;
  }
  const [start, stop, step] = values;
  return bounds.length === 1 && start !== undefined ? start : range(start, stop, step);
}

function parseInteger(part: string, position: number, text: string): number | undefined {
  const trimmed = part.trim();
  if (trimmed === '') return undefined;
  const value = Number(trimmed);
  if (/^[+-]?\d+$/.test(trimmed) && Number.isSafeInteger(value)) return value + 0; // "-0" is 0
  const start = position + part.indexOf(trimmed);
  throw syntaxError(`${JSON.stringify(trimmed)} is not an integer`, start, text);
}

function range(
  start: number | undefined,
  stop: number | undefined,
  step: number | undefined,
): SliceRange {
  return {
    ...(start === undefined ? {} : { start }),
    ...(stop === undefined ? {} : { stop }),
    ...(step === undefined ? {} : { step }),
  };
}

function syntaxError(why: string, position: number, text: string): ValueError {
  return new ValueError(`slice: ${why} at position ${position} of ${JSON.stringify(text)}`, {
    code: 'SLICE_SYNTAX',
    hint: "entries are integers, start:stop:step, ... and newaxis, as in '1:, ..., ::-1'",
    data: { text, position },
  });
}
