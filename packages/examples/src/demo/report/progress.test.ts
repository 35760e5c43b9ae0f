import { PassThrough } from 'node:stream';
import { describe, expect, it } from '@jest/globals';
import { startProgress, type Output } from './progress.ts';

class Recorder extends PassThrough {
  readonly isTTY: boolean;
  readonly columns = 120;

  constructor(isTTY: boolean) {
    super();
    this.isTTY = isTTY;
  }

  get text(): string {
    return String(this.read() ?? '');
  }
}

const plan = { images: 2000, epochs: 2 };

function run(output: Output, steps: number): void {
  const progress = startProgress(output, plan);
  try {
    for (let i = 1; i <= steps; i++) {
      progress.update({
        images: i * 100,
        epoch: i <= 10 ? 1 : 2,
        cost: 1 / i,
        imagesPerSecond: 1000,
      });
    }
  } finally {
    progress.stop();
  }
}

describe('startProgress', () => {
  it('prints a plain line for each tenth where there is no terminal', () => {
    const output = new Recorder(false);
    run(output, 20);
    const lines = output.text.trimEnd().split('\n');
    expect(lines).toHaveLength(10);
    expect(lines[0]).toBe('   10 %  epoch 1/2  cost 0.5000  1,000 images/s  ETA 2 s');
    expect(lines[9]).toBe('  100 %  epoch 2/2  cost 0.0500  1,000 images/s  ETA 0 s');
  });

  it('draws a bar on a terminal and gives the cursor back when stopped early', () => {
    const output = new Recorder(true);
    run(output, 7);
    const text = output.text;
    expect(text).toContain('epoch 1/2');
    expect(text).toContain('████████░░░░░░░░░░░░░░░░ 35 %');
    const [hide, show] = ['\u001b[?25l', '\u001b[?25h'];
    expect(text.indexOf(hide)).toBeGreaterThanOrEqual(0);
    expect(text.lastIndexOf(show)).toBeGreaterThan(text.lastIndexOf(hide));
  });
});
