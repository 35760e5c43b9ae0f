import { digitCount } from './mnist.ts';

/** A digit taken for another one, and how often. */
export interface Mistake {
  readonly label: number;
  readonly prediction: number;
  readonly count: number;
}

/** How often each digit was taken for each. */
export class Confusion {
  /** Row by row: `counts[10 · label + prediction]`. */
  readonly #counts = new Int32Array(digitCount * digitCount);

  /** Counts one image. */
  add(label: number, prediction: number): void {
    const position = label * digitCount + prediction;
    this.#counts[position] = this.count(label, prediction) + 1;
  }

  /** How many images of `label` were taken for `prediction`. */
  count(label: number, prediction: number): number {
    return this.#counts[label * digitCount + prediction] ?? 0;
  }

  /** Number of images counted. */
  get total(): number {
    return this.#counts.reduce((sum, count) => sum + count, 0);
  }

  /** Number of images taken for what they are. */
  get correct(): number {
    let sum = 0;
    for (let digit = 0; digit < digitCount; digit++) sum += this.count(digit, digit);
    return sum;
  }

  /** Share of images taken for what they are, from 0 to 1; NaN without images. */
  get accuracy(): number {
    return this.correct / this.total;
  }

  /** Share of the images of `label` that were recognised, from 0 to 1; NaN without such images. */
  recall(label: number): number {
    let sum = 0;
    for (let prediction = 0; prediction < digitCount; prediction++) {
      sum += this.count(label, prediction);
    }
    return this.count(label, label) / sum;
  }

  /** The most frequent mistakes, at most `most` of them, the worst first. */
  mistakes(most: number): readonly Mistake[] {
    return Array.from(this.#counts, (count, position) => ({
      label: Math.floor(position / digitCount),
      prediction: position % digitCount,
      count,
    }))
      .filter(({ label, prediction, count }) => label !== prediction && count > 0)
      .sort((a, b) => b.count - a.count)
      .slice(0, most);
  }
}
