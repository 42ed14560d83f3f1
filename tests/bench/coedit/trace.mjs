/** The single edits of a trace (tools/coedit/bench.c says what its bytes mean): {at, insert}, where null deletes. */
export function edits(bytes) {
  let at = 4;
  const number = () => {
    for (let v = 0, unit = 1; ; unit *= 128) {
      const b = bytes[at++];
      v += (b & 127) * unit;
      if (b < 128) return v;
    }
  };
  if (bytes.toString('latin1', 0, 4) !== 'YTR1') throw new Error('not a trace');
  const total = number();
  number(); // the final length
  const list = [];
  for (let end = 0; list.length < total;) {
    const head = number();
    const zigzag = number();
    const [count, kind] = [Math.floor(head / 4), head % 4];
    const start = end + (zigzag % 2 ? -(zigzag + 1) / 2 : zigzag / 2);
    for (let i = 0; i < count; i++) {
      if (kind === 0) list.push({ at: start + i, insert: String.fromCharCode(bytes[at++]) });
      else list.push({ at: kind === 1 ? start - i : start, insert: null });
    }
    end = [start + count, start - count + 1, start][kind];
  }
  return list;
}
