import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { firstImages, loadMnist } from './mnist.ts';

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mnist-'));
});
afterAll(() => rm(folder, { recursive: true }));

const imageFile = (count: number, edge: number): Uint8Array => {
  const bytes = new Uint8Array(16 + count * edge * edge);
  bytes.set([0, 0, 8, 3, 0, 0, 0, count, 0, 0, 0, edge, 0, 0, 0, edge]);
  return bytes;
};
const labelFile = (...labels: number[]): Uint8Array =>
  Uint8Array.of(0, 0, 8, 1, 0, 0, 0, labels.length, ...labels);

async function folderWith(images: Uint8Array, labels: Uint8Array): Promise<string> {
  for (const prefix of ['train', 't10k']) {
    await writeFile(join(folder, `${prefix}-images-idx3-ubyte`), images);
    await writeFile(join(folder, `${prefix}-labels-idx1-ubyte`), labels);
  }
  return folder;
}

describe('loadMnist', () => {
  it('reads all images of the installed package', async () => {
    const { train, test } = await loadMnist();
    expect([train.count, test.count]).toEqual([60_000, 10_000]);
    expect(train.pixels.length).toBe(60_000 * 784);
    expect([...train.labels.subarray(0, 5)]).toEqual([5, 0, 4, 1, 9]);
    expect([...test.labels.subarray(0, 5)]).toEqual([7, 2, 1, 0, 4]);
  });

  it('names the file that is missing', async () => {
    await expect(loadMnist(join(folder, 'nowhere'))).rejects.toMatchObject({
      code: 'MNIST_UNREADABLE',
      data: { file: expect.stringContaining('nowhere') },
    });
  });

  it.each([
    ['MNIST_IMAGE_SIZE', imageFile(2, 27), labelFile(1, 2)],
    ['MNIST_COUNT', imageFile(2, 28), labelFile(1, 2, 3)],
    ['MNIST_LABEL', imageFile(2, 28), labelFile(1, 10)],
    ['IDX_SIZE', imageFile(2, 28).subarray(0, 1000), labelFile(1, 2)],
  ])('refuses files that contradict themselves with %s', async (code, images, labels) => {
    await expect(loadMnist(await folderWith(images, labels))).rejects.toMatchObject({ code });
  });
});

describe('firstImages', () => {
  it('takes no more images than there are', async () => {
    const { train } = await loadMnist(await folderWith(imageFile(2, 28), labelFile(1, 2)));
    expect(firstImages(train, 1)).toMatchObject({ count: 1, labels: Uint8Array.of(1) });
    expect(firstImages(train, 1).pixels.length).toBe(784);
    expect(firstImages(train, 9).count).toBe(2);
  });
});
