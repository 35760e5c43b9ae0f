import { ValueError } from './errors.ts';

/** What the header of an `.npy` file says. */
export interface NpyHeader {
  /** NumPy's type string, for example `<f8`. */
  readonly descr: string;
  /** Whether the first axis varies fastest. */
  readonly fortranOrder: boolean;
  readonly shape: readonly number[];
  /** Position of the first byte after the header. */
  readonly dataStart: number;
}

/** Format versions: 1.0, 2.0 (longer headers) and 3.0 (UTF-8 headers). */
export type NpyVersion = 1 | 2 | 3;

const magic: readonly number[] = [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59]; // \x93NUMPY
const greatestRank = 64;

/** An error about the file, at a byte position. */
export function npyError(code: string, what: string, position: number, hint?: string): ValueError {
  return new ValueError(`parseNpy: ${what} at byte ${position}`, {
    code,
    hint,
    data: { position },
  });
}

/** Reads the header; looks at no byte outside `bytes` and evaluates nothing. */
export function readHeader(bytes: Uint8Array): NpyHeader {
  const { start, end } = locateHeader(bytes);
  let text = '';
  for (let i = start; i < end; i++) {
    // Only names of record fields can hold other characters, and records are refused anyway.
    if (bytes[i]! > 0x7e) throw npyError('NPY_HEADER', 'unexpected character', i);
    text += String.fromCharCode(bytes[i]!);
  }
  return { ...new LiteralReader(text, start).header(), dataStart: end };
}

function locateHeader(bytes: Uint8Array): { readonly start: number; readonly end: number } {
  const different = magic.findIndex((byte, i) => bytes[i] !== byte);
  if (different >= 0) {
    throw npyError('NPY_MAGIC', 'this is no .npy file', different, 'files begin with \\x93NUMPY');
  }
  const major = bytes[6];
  if (major === undefined) throw npyError('NPY_TRUNCATED', 'the file ends', bytes.length);
  if (major < 1 || major > 3 || bytes[7] !== 0) {
    throw npyError('NPY_VERSION', `format ${major}.${bytes[7]} is unknown`, 6);
  }
  const start = major === 1 ? 10 : 12;
  if (bytes.length < start) throw npyError('NPY_TRUNCATED', 'the file ends', bytes.length);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const length = major === 1 ? view.getUint16(8, true) : view.getUint32(8, true);
  if (length > bytes.length - start) {
    throw npyError(
      'NPY_TRUNCATED',
      `the header claims ${length} bytes, the file ends`,
      bytes.length,
    );
  }
  return { start, end: start + length };
}

/** Reads the one Python literal a header may consist of: a dict of a string, a boolean and a tuple of integers. */
class LiteralReader {
  readonly #text: string;
  readonly #base: number;
  #at = 0;

  constructor(text: string, base: number) {
    this.#text = text;
    this.#base = base;
  }

  header(): Omit<NpyHeader, 'dataStart'> {
    let descr: string | undefined;
    let fortranOrder: boolean | undefined;
    let shape: readonly number[] | undefined;
    this.#expect('{');
    while (!this.#accept('}')) {
      const key = this.#string();
      this.#expect(':');
      if (key === 'descr' && descr === undefined) descr = this.#descr();
      else if (key === 'fortran_order' && fortranOrder === undefined)
        fortranOrder = this.#boolean();
      else if (key === 'shape' && shape === undefined) shape = this.#tuple();
      else throw this.#error(`unexpected key ${JSON.stringify(key)}`);
      if (!this.#accept(',')) {
        this.#expect('}');
        break;
      }
    }
    this.#space();
    if (this.#at < this.#text.length) throw this.#error('unexpected text after the dictionary');
    if (descr === undefined || fortranOrder === undefined || shape === undefined) {
      throw this.#error("'descr', 'fortran_order' or 'shape' is missing");
    }
    return { descr, fortranOrder, shape };
  }

  #descr(): string {
    this.#space();
    if (this.#text[this.#at] === '[') {
      throw this.#error('records are not supported', 'save each field as an array of its own');
    }
    return this.#string();
  }

  #string(): string {
    const [whole, single, double] = this.#match(/'([^'\\\n]*)'|"([^"\\\n]*)"/y, 'a string');
    return single ?? double ?? whole;
  }

  #boolean(): boolean {
    return this.#match(/True|False/y, 'True or False')[0] === 'True';
  }

  #tuple(): number[] {
    const shape: number[] = [];
    this.#expect('(');
    while (!this.#accept(')')) {
      const digits = this.#match(/(\d+)L?/y, 'a dimension')[1] ?? ''; // Python 2 wrote 3L
      const n = Number(digits);
      if (!Number.isSafeInteger(n) || shape.length === greatestRank) {
        throw this.#error(
          'the shape is too large',
          `at most ${greatestRank} axes of exact lengths`,
        );
      }
      shape.push(n);
      if (!this.#accept(',')) {
        this.#expect(')');
        break;
      }
    }
    return shape;
  }

  #match(pattern: RegExp, what: string): RegExpExecArray {
    this.#space();
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.#text);
    if (found === null) throw this.#error(`expected ${what}`);
    this.#at = pattern.lastIndex;
    return found;
  }

  #accept(character: string): boolean {
    this.#space();
    if (this.#text[this.#at] !== character) return false;
    this.#at++;
    return true;
  }

  #expect(character: string): void {
    if (!this.#accept(character)) throw this.#error(`expected '${character}'`);
  }

  #space(): void {
    while (/^[ \t\r\n]$/.test(this.#text.charAt(this.#at))) this.#at++;
  }

  #error(what: string, hint?: string): ValueError {
    return npyError('NPY_HEADER', what, this.#base + this.#at, hint);
  }
}

/** Magic, version, length and dictionary, padded so that the data begin at a multiple of 64 bytes. */
export function headerBytes(header: Omit<NpyHeader, 'dataStart'>, version: NpyVersion): Uint8Array {
  const { descr, fortranOrder, shape } = header;
  const dimensions = shape.length === 1 ? `${shape[0]},` : shape.join(', ');
  const order = fortranOrder ? 'True' : 'False';
  const text = `{'descr': '${descr}', 'fortran_order': ${order}, 'shape': (${dimensions}), }`;
  const start = version === 1 ? 10 : 12;
  const total = Math.ceil((start + text.length + 1) / 64) * 64;
  const padded = `${text.padEnd(total - start - 1)}\n`;
  const bytes = new Uint8Array(total);
  bytes.set([...magic, version, 0]);
  const view = new DataView(bytes.buffer);
  if (version === 1) view.setUint16(8, padded.length, true);
  else view.setUint32(8, padded.length, true);
  for (let i = 0; i < padded.length; i++) bytes[start + i] = padded.charCodeAt(i);
  return bytes;
}
