/** Owns how a text that is too long is cut for people: between two visible characters, with dots in its place that every SMS can carry. */

/** Made with the first text that is too long: it takes as long as many modules to load. */
let graphemes: Intl.Segmenter | undefined;
const DOTS = '...';

/** At most `most` code points, the dots among them. */
export function shortened(text: string, most: number): string {
  const points = [...text];
  if (points.length <= most) return text;
  const room = points.slice(0, most - DOTS.length).join('').length;
  graphemes ??= new Intl.Segmenter('en', { granularity: 'grapheme' });
  // A pile of combining marks may be one "character" of any length; then only code points are kept whole.
  const cut = graphemes.segment(text).containing(room)?.index ?? room;
  return `${text.slice(0, cut > room / 2 ? cut : room).trimEnd()}${DOTS}`;
}
