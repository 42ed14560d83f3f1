// Runs in the expert's page: says anything at all on the page's own data channels, and keeps what the kiosk answers. The page's own code
// hears the same answers.
(() => {
  const PACE = 40; // messages a second, half of what a kiosk takes
  const MS = 15000;
  const DOCUMENT_MS = 60000;
  const hex = (text) => new Uint8Array((text.match(/../g) ?? []).map((b) => parseInt(b, 16)));
  const json = (bytes) => JSON.parse(new TextDecoder().decode(bytes));
  const bytesOf = (kind, value) => {
    const text = new TextEncoder().encode(JSON.stringify(value));
    return new Uint8Array([kind, ...text]);
  };
  const liar = (window.liar = { over: [], looks: [], lists: [], told: null, ids: [], ctl: [], joined: false, marker: 0, due: 0 });
  const channel = (label) => window.probe.channels[label];
  const until = async (what, check, ms = MS) => {
    const end = performance.now() + ms;
    for (;;) {
      const value = check();
      if (value) return value;
      if (performance.now() > end) throw new Error(`waited in vain: ${what}`);
      await new Promise((done) => setTimeout(done, 5));
    }
  };
  const hear = (bytes) => {
    const [kind] = bytes;
    const body = bytes.subarray(1);
    if (kind === 2) liar.lists.push(json(body).pages);
    if (kind === 2) liar.joined = true;
    if (kind === 3) liar.ids.push(new DataView(body.buffer, body.byteOffset).getUint32(1));
    if (kind === 5) liar.looks.push(json(body));
    if (kind === 7) liar.ids.push(json(body).page);
    if (kind === 9) liar.told = json(body);
    if (kind !== 10) return;
    liar.over.push(json(body).why);
    liar.joined = false;
  };
  /** On the connection that stands. */
  liar.hook = () => {
    liar.joined = false;
    liar.at = channel('paper');
    liar.at.addEventListener('message', (e) => hear(new Uint8Array(e.data)));
    channel('ctl').addEventListener('message', (e) => liar.ctl.push(e.data));
  };
  /** No faster than an honest page: what a lie is refused for is not its speed. */
  const paced = async (bytes) => {
    const now = performance.now();
    liar.due = Math.max(liar.due, now - 200) + 1000 / PACE;
    if (liar.due > now) await new Promise((done) => setTimeout(done, liar.due - now));
    channel('paper').send(bytes);
  };
  liar.join = async () => {
    if (liar.joined) return;
    await paced(bytesOf(1, { v: 1, load: 'ab'.repeat(16), have: [] }));
    await until('a list', () => liar.joined);
  };
  /** Says these (hex, or texts where `text`); gives the word of `over`, or '' where a look is answered as ever. */
  liar.says = async ({ messages, text = false, joins = true }) => {
    if (joins) await liar.join();
    const before = liar.over.length;
    liar.marker = (liar.marker % 9999) + 1;
    const { marker } = liar;
    for (const m of messages) await paced(text ? m : hex(m));
    await paced(bytesOf(5, { page: 0, turn: 0, zoom: 100, x: marker, y: 4321, by: 'expert' }));
    await until('an answer', () => liar.over.length > before || liar.looks.some((l) => l.x === marker && l.y === 4321));
    return liar.over[before] ?? '';
  };
  /** Offers a document and sends it; gives what became of it. */
  liar.shows = async ({ n, document }) => {
    await liar.join();
    const bytes = hex(document);
    const before = liar.over.length;
    await paced(bytesOf(8, { do: 'offer', n, bytes: bytes.length }));
    for (let at = 0; at < bytes.length; at += 16374) {
      const head = new Uint8Array(10);
      const view = new DataView(head.buffer);
      head.set([3, 2]);
      view.setUint32(2, n);
      view.setUint32(6, at);
      await paced(new Uint8Array([...head, ...bytes.subarray(at, at + 16374)]));
    }
    return until('the document\'s end', () => {
      if (liar.over.length > before) return { over: liar.over.at(-1) };
      const { doc } = liar.told;
      return doc.n === n && ['shown', 'refused'].includes(doc.state) && doc;
    }, DOCUMENT_MS);
  };
  /** All of it at once. */
  liar.floods = async ({ label, message, times, text = false }) => {
    for (let i = 0; i < times; i += 1) channel(label).send(text ? message.replace('#', i + 100) : hex(message));
  };
  liar.closed = () => until('the channel to be closed', () => liar.at.readyState === 'closed' || liar.at.readyState === 'closing');
  /** The browser itself refuses one whose stream it gave free and has not reset yet: that one is made a little later. */
  const strange = async (label) => {
    let made;
    await until('the browser to make a channel', () => {
      try {
        made = window.probe.connection().createDataChannel(label);
      } catch (e) {
        if (e.name !== 'OperationError') throw e;
      }
      return made;
    });
    return made;
  };
  /** Channels that nobody knows: a few are closed again; of very many that need not be waited for. */
  liar.opens = async ({ labels, times }) => {
    const all = labels.map((l) => window.probe.connection().createDataChannel(l));
    await until('strange channels to be closed', () => all.every((c) => c.readyState === 'closed'));
    for (let i = 0; i < times; i += 1) await strange('x'.repeat(i * 7));
  };
})();
