/** Owns how a text that is too long is cut for people: between two visible characters, with dots in its place that every SMS can carry. */

const graphemes = new Intl.Segmenter('en', { granularity: 'grapheme' });
const DOTS = '...';

/** At most `most` code points, the dots among them. */
export function shortened(text: string, most: number): string {
  const points = [...text];
  if (points.length <= most) return text;
  const room = points.slice(0, most - DOTS.length).join('').length;
  // A pile of combining marks may be one "character" of any length; then only code points are kept whole.
  const cut = graphemes.segment(text).containing(room)?.index ?? room;
  return `${text.slice(0, cut > room / 2 ? cut : room).trimEnd()}${DOTS}`;
}
