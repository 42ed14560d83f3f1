// What people do with a scanned file now: it is chosen on a page of the office, goes to a server, and another page shows it.
import { createServer } from 'node:http';

const PAGE_MAX = 64 << 20;

const CLERK = `<!doctype html><title>Upload</title><input type="file" data-testid="file"><script>
  const input = document.querySelector('input');
  input.onchange = async () => {
    window.chosen = performance.timeOrigin + performance.now();
    await fetch('/upload', { method: 'POST', body: input.files[0] });
    input.value = ''; // the next one has the same name
  };
</script>`;

const EXPERT = `<!doctype html><title>Papers</title><style>img { height: 820px }</style><img alt=""><script>
  const img = document.querySelector('img');
  window.sharp = {};
  new EventSource('/events').onmessage = async ({ data }) => {
    img.src = '/page/' + data;
    await img.decode();
    requestAnimationFrame(() => requestAnimationFrame(() => { window.sharp[data] = performance.timeOrigin + performance.now(); }));
  };
</script>`;

async function body(request) {
  const parts = [];
  let length = 0;
  for await (const part of request) {
    length += part.length;
    if (length > PAGE_MAX) throw new Error('too large');
    parts.push(part);
  }
  return Buffer.concat(parts);
}

/** Serves both pages on 127.0.0.1; gives {url, close}. */
export async function serveUpload() {
  const pages = [];
  const listeners = new Set();
  const html = (response, text) => response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' }).end(text);
  const server = createServer(async (request, response) => {
    const { url, method } = request;
    if (method === 'POST' && url === '/upload') {
      pages.push(await body(request));
      response.writeHead(204).end();
      for (const listener of listeners) listener.write(`data: ${pages.length}\n\n`);
    } else if (url === '/events') {
      response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' });
      response.flushHeaders();
      listeners.add(response);
    } else if (url.startsWith('/page/') && pages[Number(url.slice(6)) - 1]) {
      response.writeHead(200, { 'content-type': 'image/jpeg', 'cache-control': 'no-store' }).end(pages[Number(url.slice(6)) - 1]);
    } else if (url === '/clerk' || url === '/expert') {
      html(response, url === '/clerk' ? CLERK : EXPERT);
    } else {
      response.writeHead(404).end();
    }
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  const close = () => {
    server.closeAllConnections();
    server.close();
  };
  return { url: `http://127.0.0.1:${server.address().port}`, close };
}
