import { describe, expect, it } from '@jest/globals';
import { heatMapsSvg } from './heat-maps.ts';

const layout = { title: 'weights', columns: 2, rows: 2, perRow: 2 };

describe('heatMapsSvg', () => {
  it('draws positive red, negative blue and leaves zero white', () => {
    const svg = heatMapsSvg([{ caption: 'digit 0', values: [1, -1, 0, 0] }], layout);
    expect(svg).toContain('<path fill="#b4182b" d="M0 0h1v1h-1z"/>');
    expect(svg).toContain('<path fill="#1f5fae" d="M1 0h1v1h-1z"/>');
    expect(svg.match(/<path/g)).toHaveLength(2);
    expect(svg).toContain('digit 0');
  });

  it('joins neighbours of one colour within a row', () => {
    const svg = heatMapsSvg([{ caption: '', values: [2, 2, 2, 0] }], layout);
    expect(svg).toContain('d="M0 0h2v1h-2zM0 1h1v1h-1z"');
  });

  it('draws all maps on one scale', () => {
    const svg = heatMapsSvg(
      [
        { caption: 'a', values: [4, 0, 0, 0] },
        { caption: 'b', values: [2, 0, 0, 0] },
      ],
      layout,
    );
    expect(svg.match(/<path fill="#b4182b"/g)).toHaveLength(1);
    expect(svg.match(/<path/g)).toHaveLength(2);
    expect(svg).toContain('+4.0');
  });

  it('draws weights that are all zero', () => {
    const svg = heatMapsSvg([{ caption: 'a', values: [0, 0, 0, 0] }], layout);
    expect(svg).not.toContain('NaN');
    expect(svg).not.toContain('<path');
  });

  it('escapes texts', () => {
    const svg = heatMapsSvg([{ caption: '<&>', values: [0, 0, 0, 0] }], layout);
    expect(svg).toContain('&lt;&amp;&gt;');
  });

  it('keeps twenty maps of 28 × 28 under 400 kB even where no neighbours are equal', () => {
    const values = Array.from({ length: 784 }, (_, i) => Math.sin(i * 1.7));
    const maps = Array.from({ length: 20 }, (_, i) => ({ caption: String(i), values }));
    const svg = heatMapsSvg(maps, { title: 't', columns: 28, rows: 28, perRow: 10 });
    expect(svg.length).toBeLessThan(400_000);
  });
});
