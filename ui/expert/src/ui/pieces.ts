// Text with marks in it, as pieces to draw. Pure.

/** The text between the marks; null for each run of marks. Never empty strings. */
export function piecesOf(text: string, mark: number): (string | null)[] {
  const pieces: (string | null)[] = [];
  const sign = String.fromCodePoint(mark);
  for (const [i, part] of text.split(sign).entries()) {
    if (i > 0 && pieces.at(-1) !== null) pieces.push(null);
    if (part !== '') pieces.push(part);
  }
  return pieces;
}
