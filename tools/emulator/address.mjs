// Addresses of sockets as words: unix:PATH, tcp:PORT (on 127.0.0.1) and, to connect to, tcp:HOST:PORT.
import { createConnection, createServer } from 'node:net';
import { existsSync, lstatSync, rmSync } from 'node:fs';

const LOCAL = '127.0.0.1';

/** {path} or {host, port} of an address; throws where it is none. */
export function parseAddress(text) {
  const unix = /^unix:(.+)$/.exec(text);
  if (unix) {
    return { path: unix[1] };
  }
  const tcp = /^tcp:(?:(\[[0-9a-f:]+\]|[^:]+):)?(\d{1,5})$/i.exec(text);
  if (!tcp || Number(tcp[2]) > 65535) {
    throw new Error(`"${text}" is not unix:PATH or tcp:[HOST:]PORT`);
  }
  return { host: tcp[1]?.replace(/^\[|\]$/g, '') ?? LOCAL, port: Number(tcp[2]) };
}

/** The address that a listening server has, as words. */
function addressOf(server) {
  const at = server.address();
  return typeof at === 'string' ? `unix:${at}` : `tcp:${at.address}:${at.port}`;
}

/** A socket file that a killed program left would keep us from listening. */
function clearStale(path) {
  if (existsSync(path) && lstatSync(path).isSocket()) {
    rmSync(path);
  }
}

/** Listens; gives {server, address}. What connects is handed to `connected(socket)`. */
export async function listenAt(text, connected) {
  const at = parseAddress(text);
  if (at.path) {
    clearStale(at.path);
  }
  const server = createServer(connected);
  await new Promise((done, failed) => {
    server.once('error', failed);
    server.listen(at, done);
  });
  return { server, address: addressOf(server) };
}

/** Connects; gives the socket. */
export function connectTo(text) {
  return new Promise((done, failed) => {
    const socket = createConnection(parseAddress(text));
    socket.once('error', failed);
    socket.once('connect', () => {
      socket.off('error', failed);
      done(socket);
    });
  });
}
