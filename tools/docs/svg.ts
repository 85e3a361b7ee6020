/** The little SVG that a picture needs. */

type Attributes = Readonly<Record<string, string | number>>;

const escaped = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');

/** No more digits than anybody sees. */
const shown = (value: string | number): string =>
  typeof value === 'number' ? String(Math.round(value * 10) / 10) : escaped(value);

const tag = (name: string, attributes: Attributes): string =>
  [name, ...Object.entries(attributes).map(([key, value]) => `${key}="${shown(value)}"`)].join(' ');

export const shape = (name: string, attributes: Attributes): string => `<${tag(name, attributes)}/>`;

export const text = (content: string, attributes: Attributes): string =>
  `<${tag('text', attributes)}>${escaped(content)}</text>`;

export const group = (attributes: Attributes, children: readonly string[]): string =>
  [`<${tag('g', attributes)}>`, ...children, '</g>'].join('\n');

/** A whole picture, with a text for who cannot see it. */
export const svg = (width: number, height: number, title: string, style: string, children: readonly string[]): string =>
  [
    `<${tag('svg', { xmlns: 'http://www.w3.org/2000/svg', viewBox: `0 0 ${width} ${height}`, width, height, role: 'img' })}>`,
    `<title>${escaped(title)}</title>`,
    `<style>${style}</style>`,
    ...children,
    '</svg>\n',
  ].join('\n');
