// nginx for the expert's page: static files, security headers, and the way to the broker's WebSocket.
import { join } from 'node:path';
import { writeAtomic } from '../pki/files.mjs';
import { listens, serviceDir, serviceUser, withFreePort } from './processes.mjs';

const TYPES = `types {
    text/html html;
    text/css css;
    text/javascript js mjs;
    text/plain txt;
    application/json json map;
    application/manifest+json webmanifest;
    application/wasm wasm;
    image/svg+xml svg;
    image/png png;
    image/jpeg jpg jpeg;
    image/webp webp;
    image/x-icon ico;
    font/woff2 woff2;
  }`;

// Firefox does not read 'self' as covering ws: of the same origin, so that is named.
const policy = (port) => [
  "default-src 'none'", "script-src 'self'", "style-src 'self'", "font-src 'self'", "img-src 'self' data: blob:",
  "media-src 'self' blob: mediastream:", "worker-src 'self'", "manifest-src 'self'",
  `connect-src 'self' ws://127.0.0.1:${port} ws://localhost:${port}`,
  "base-uri 'none'", "form-action 'none'", "frame-ancestors 'none'",
].join('; ');

const PERMISSIONS = 'camera=(self), microphone=(self), autoplay=(self), fullscreen=(self), clipboard-write=(self), ' +
  'geolocation=(), display-capture=(), usb=(), serial=(), payment=(), midi=()';

const headers = (port, cache) => `add_header Content-Security-Policy "${policy(port)}" always;
      add_header Permissions-Policy "${PERMISSIONS}" always;
      add_header X-Content-Type-Options nosniff always;
      add_header Referrer-Policy no-referrer always;
      add_header Cross-Origin-Opener-Policy same-origin always;
      add_header Cross-Origin-Resource-Policy same-origin always;
      add_header Cache-Control "${cache}" always;`;

const config = (dir, www, port, websocket) => `daemon off;
worker_processes 1;
pid ${dir}/nginx.pid;
error_log stderr warn;
events {
  worker_connections 1024;
}
http {
  access_log off;
  server_tokens off;
  client_body_temp_path ${dir}/body;
  proxy_temp_path ${dir}/proxy;
  fastcgi_temp_path ${dir}/fastcgi;
  uwsgi_temp_path ${dir}/uwsgi;
  scgi_temp_path ${dir}/scgi;
  ${TYPES}
  default_type application/octet-stream;
  charset utf-8;
  charset_types text/html text/css text/javascript text/plain application/json image/svg+xml;
  client_max_body_size 1k;
  client_body_timeout 10s;
  client_header_timeout 10s;
  keepalive_timeout 30s;
  etag on;
  limit_req_zone $binary_remote_addr zone=keys:1m rate=20r/s;
  limit_conn_zone $binary_remote_addr zone=mqtt:1m;

  # A page of another site has no business with our broker. Programs send no Origin.
  map $http_origin $foreign {
    default 1;
    "" 0;
    "http://127.0.0.1:${port}" 0;
    "http://localhost:${port}" 0;
  }

  # Any other host name: somebody's DNS leads here.
  server {
    listen 127.0.0.1:${port} default_server;
    server_name _;
    return 421;
  }

  server {
    listen 127.0.0.1:${port};
    server_name 127.0.0.1 localhost;
    root ${www};
    index index.html;

    location / {
      limit_except GET { deny all; }
      ${headers(port, 'no-cache')}
    }
    location /assets/ {
      limit_except GET { deny all; }
      ${headers(port, 'public, max-age=31536000, immutable')}
    }
    location /keys/ {
      limit_except GET { deny all; }
      limit_req zone=keys burst=40 nodelay;
      ${headers(port, 'no-store')}
    }
    location = /mqtt {
      if ($foreign) {
        return 403;
      }
      limit_conn mqtt 256;
      proxy_pass http://${websocket}/mqtt;
      proxy_http_version 1.1;
      proxy_set_header Host $host;
      proxy_set_header Upgrade $http_upgrade;
      proxy_set_header Connection upgrade;
      proxy_buffering off;
      proxy_connect_timeout 5s;
      proxy_read_timeout 120s;
      proxy_send_timeout 30s;
    }
  }
}
`;

/** Starts nginx over the directory `www`; `websocket` is the broker's as nginx names it. Gives {port, url}. */
export async function startNginx(processes, run, www, websocket) {
  const user = serviceUser('www-data');
  const dir = serviceDir(join(run, 'nginx'), user);
  return withFreePort(async (port) => {
    const path = join(run, 'nginx.conf');
    writeAtomic(path, config(dir, www, port, websocket));
    const argv = ['nginx', '-p', dir, '-e', 'stderr', '-c', path];
    await processes.start('nginx', argv, () => listens({ host: '127.0.0.1', port }), { user });
    return { port, url: `http://127.0.0.1:${port}/` };
  });
}
