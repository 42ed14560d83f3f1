// The kiosk's screens as a web page: the same boxes, words and pictures at the same places, drawn by the browser. Made from
// the kiosk's own trees, so that both sides show the same thing.
const ROUND = { button: 999, image: 12, video: 24 };

const escape = (text) => String(text).replace(/[&<>"]/g, (c) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' })[c]);

function node(n) {
  const [x, y, w, h] = n.rect;
  const box = `left:${x}px;top:${y}px;width:${w}px;height:${h}px`;
  if (n.role === 'video') {
    const which = n.id === 'self-video' ? 'self' : 'remote';
    return `<video class="video ${which}" style="${box}" autoplay playsinline ${which === 'self' ? 'muted' : ''}></video>`;
  }
  const size = Math.max(18, Math.min(52, Math.round(h * (n.role === 'heading' ? 0.6 : 0.3))));
  const tag = n.role === 'button' ? 'button' : 'div';
  const words = n.value && n.role === 'button' ? `${n.name} · ${n.value}` : n.name;
  return `<${tag} class="${n.role}" ${n.id ? `data-id="${escape(n.id)}"` : ''} style="${box};font-size:${size}px;` +
    `border-radius:${ROUND[n.role] ?? 0}px">${escape(words)}</${tag}>`;
}

const STYLE = `
  body { margin: 0; background: #f3f6fa; color: #1b2430; font-family: Inter, "Noto Sans", sans-serif; overflow: hidden; cursor: none }
  section { position: absolute; inset: 0 } section[hidden] { display: none }
  section > * { position: absolute; box-sizing: border-box }
  button { background: #fff; border: 2px solid #6b7f95; color: #00357a; font-family: inherit; box-shadow: 0 4px 16px #00215222 }
  button:active { background: #00224f; color: #fff }
  .heading { font-weight: 700 } .status { background: #e3eef9; border-radius: 16px; padding: 8px }
  video { background: #16202d; object-fit: cover } .self { transform: scaleX(-1) }`;

/** Trees by name -> the page. `links`: [from, button's id, to] are what a tap shows. */
export function equalPage(trees, links) {
  const sections = Object.entries(trees).map(([name, tree]) =>
    `<section id="${name}" hidden>${tree.nodes.filter((n) => n.role !== 'group').map(node).join('')}</section>`);
  return `<!doctype html><meta charset="utf-8"><style>${STYLE}</style>${sections.join('')}
<script>
  const show = (name) => document.querySelectorAll('section').forEach((s) => { s.hidden = s.id !== name; });
  for (const [from, id, to] of ${JSON.stringify(links)})
    document.querySelector('#' + from + ' [data-id="' + id + '"]').addEventListener('click', () => show(to));
  show(${JSON.stringify(Object.keys(trees)[0])});
</script>`;
}
