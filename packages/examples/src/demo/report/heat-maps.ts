/** A grid of numbers to draw. */
export interface HeatMap {
  readonly caption: string;
  /** `rows · columns` numbers, row by row. */
  readonly values: ArrayLike<number>;
}

/** What {@link heatMapsSvg} draws besides the values. */
export interface HeatMapLayout {
  readonly title: string;
  /** Numbers in a row of a map. */
  readonly columns: number;
  /** Rows of a map. */
  readonly rows: number;
  /** Maps side by side. */
  readonly perRow: number;
}

/** Colours on each side of white. */
const shades = 24;
const cell = 4;
const gap = 12;
const captionHeight = 16;
const titleHeight = 30;
const legendHeight = 40;

/**
 * An SVG picture of maps beside one another, all on one scale: blue is negative, white 0 and red positive.
 *
 * Cells of one colour form one path, and neighbours of one colour one rectangle of it, which keeps the file small: at
 * most about 14 bytes for a cell.
 */
export function heatMapsSvg(maps: readonly HeatMap[], layout: HeatMapLayout): string {
  const { columns, rows, perRow } = layout;
  const limit = largestMagnitude(maps) || 1;
  const mapWidth = columns * cell + gap;
  const mapHeight = rows * cell + captionHeight + gap;
  const width = Math.max(Math.min(perRow, maps.length) * mapWidth + gap, 300);
  const height = titleHeight + Math.ceil(maps.length / perRow) * mapHeight + legendHeight;
  const drawn = maps.map((map, i) => {
    const x = gap + (i % perRow) * mapWidth;
    const y = titleHeight + Math.floor(i / perRow) * mapHeight;
    return `<g transform="translate(${x} ${y})">${mapSvg(map, layout, limit)}</g>`;
  });
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" font-family="sans-serif" font-size="12">`,
    `<title>${escapeXml(layout.title)}</title>`,
    `<rect width="${width}" height="${height}" fill="#fff"/>`,
    `<text x="${gap}" y="20" font-size="15">${escapeXml(layout.title)}</text>`,
    ...drawn,
    legendSvg(limit, height - legendHeight + 4),
    '</svg>\n',
  ].join('\n');
}

function mapSvg({ caption, values }: HeatMap, layout: HeatMapLayout, limit: number): string {
  const { columns, rows } = layout;
  const paths = [...shadePaths(values, layout, limit)].map(
    ([shade, path]) => `<path fill="${shadeColour(shade)}" d="${path}"/>`,
  );
  return [
    `<text x="0" y="${captionHeight - 4}">${escapeXml(caption)}</text>`,
    `<g transform="translate(0 ${captionHeight}) scale(${cell})" shape-rendering="crispEdges">`,
    `<rect width="${columns}" height="${rows}" fill="${shadeColour(0)}"/>`,
    ...paths,
    '</g>',
  ].join('');
}

/** For each shade but white, the path of its cells. */
function shadePaths(
  values: ArrayLike<number>,
  { columns, rows }: HeatMapLayout,
  limit: number,
): Map<number, string> {
  const paths = new Map<number, string>();
  for (let row = 0; row < rows; row++) {
    let start = 0;
    for (let column = 1; column <= columns; column++) {
      const shade = shadeOf(values[row * columns + start] ?? 0, limit);
      const next = values[row * columns + column] ?? 0;
      if (column < columns && shadeOf(next, limit) === shade) continue;
      if (shade !== 0) {
        const run = column - start;
        paths.set(shade, `${paths.get(shade) ?? ''}M${start} ${row}h${run}v1h-${run}z`);
      }
      start = column;
    }
  }
  return paths;
}

function legendSvg(limit: number, y: number): string {
  const steps = Array.from({ length: 2 * shades + 1 }, (_, i) => {
    const colour = shadeColour(i - shades);
    return `<rect x="${gap + 4 * i}" y="${y}" width="4" height="10" fill="${colour}"/>`;
  });
  const end = gap + 4 * (2 * shades + 1);
  const label = (x: number, anchor: string, text: string): string =>
    `<text x="${x}" y="${y + 24}" text-anchor="${anchor}">${text}</text>`;
  return [
    ...steps,
    label(gap, 'start', `−${limit.toPrecision(2)}`),
    label((gap + end) / 2, 'middle', '0'),
    label(end, 'end', `+${limit.toPrecision(2)}`),
  ].join('');
}

function largestMagnitude(maps: readonly HeatMap[]): number {
  let largest = 0;
  for (const { values } of maps) {
    for (let i = 0; i < values.length; i++) largest = Math.max(largest, Math.abs(values[i]!));
  }
  return largest;
}

/** A whole number from −{@link shades} to {@link shades}. */
function shadeOf(value: number, limit: number): number {
  return Math.round((value / limit) * shades);
}

/** White at 0, blue at −{@link shades}, red at {@link shades}; linear between. */
function shadeColour(shade: number): string {
  const end = shade < 0 ? [0x1f, 0x5f, 0xae] : [0xb4, 0x18, 0x2b];
  const share = Math.abs(shade) / shades;
  const hex = end.map((channel) =>
    Math.round(255 + (channel - 255) * share)
      .toString(16)
      .padStart(2, '0'),
  );
  return `#${hex.join('')}`;
}

function escapeXml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
