// A small page on this machine alone: the same rows, in a browser. It loads nothing from elsewhere, and needs no framework.
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';

const FILES = {
  '/': ['page/index.html', 'text/html; charset=utf-8'],
  '/page.js': ['page/page.js', 'text/javascript; charset=utf-8'],
  '/page.css': ['page/page.css', 'text/css; charset=utf-8'],
};
const HEADERS = {
  'Content-Security-Policy': "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; frame-ancestors 'none'; base-uri 'none'",
  'X-Content-Type-Options': 'nosniff', 'Referrer-Policy': 'no-referrer', 'Cache-Control': 'no-store',
};

/** Serves `state` ({fleet, link}) on 127.0.0.1. Gives {port, close}. */
export async function servePage(state, port) {
  const files = new Map(Object.entries(FILES).map(([path, [file, type]]) => [path, { type, data: readFileSync(new URL(file, import.meta.url)) }]));
  const answer = (response, code, type, data) => {
    response.writeHead(code, { ...HEADERS, 'Content-Type': type });
    response.end(data);
  };
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url, 'http://127.0.0.1');
    // A page elsewhere that has its name point here gets nothing.
    const own = /^(127\.0\.0\.1|localhost)(:\d+)?$/.test(request.headers.host ?? '');
    const file = files.get(pathname);
    if (!own || request.method !== 'GET') answer(response, 403, 'text/plain', 'no\n');
    else if (file) answer(response, 200, file.type, file.data);
    else if (pathname === '/fleet.json') {
      const { fleet, link } = state;
      answer(response, 200, 'application/json', JSON.stringify({ link, summary: fleet.summary(), refusals: fleet.refusals, rows: fleet.rows(Date.now()) }));
    } else answer(response, 404, 'text/plain', 'there is nothing here\n');
  });
  server.headersTimeout = 5000;
  server.maxConnections = 32;
  await new Promise((resolve, reject) => {
    server.once('error', reject).listen(port, '127.0.0.1', resolve);
  });
  return {
    port: server.address().port,
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}
