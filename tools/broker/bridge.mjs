// MQTT over WebSocket to MQTT: node bridge.mjs FRONT BACK LIMIT [UID GID]
//
// Serves WebSocket (sub-protocol mqtt) on the Unix socket FRONT and passes each connection's bytes on to the broker's
// Unix socket BACK. A message of a page is at most LIMIT bytes. Knows nothing of MQTT: rights are the broker's.
// Ends when its standard input does.
import { createServer } from 'node:http';
import { connect } from 'node:net';
import { WebSocketServer } from 'ws';

const HIGH_WATER = 256 * 1024; // bytes that wait in one direction before the other side is paused
const [front, back, limit, uid, gid] = process.argv.slice(2);

if (uid) {
  process.setgroups([]);
  process.setgid(Number(gid));
  process.setuid(Number(uid));
}
process.stdin.on('end', () => process.exit(0)).on('error', () => process.exit(0)).resume();

function bridge(ws) {
  const tcp = connect(back);
  tcp.setNoDelay(true);
  tcp.on('data', (bytes) => {
    if (ws.readyState !== ws.OPEN) {
      return;
    }
    ws.send(bytes, () => ws.bufferedAmount <= HIGH_WATER && tcp.resume());
    if (ws.bufferedAmount > HIGH_WATER) {
      tcp.pause();
    }
  });
  tcp.on('drain', () => ws.resume());
  tcp.on('close', () => ws.close(1001));
  tcp.on('error', () => ws.close(1013));
  ws.on('message', (bytes, isBinary) => {
    if (!isBinary) {
      ws.close(1003); // MQTT 3.1.1, 6: binary frames only
    } else if (!tcp.write(bytes)) {
      ws.pause();
    }
  });
  ws.on('close', () => tcp.destroy());
  ws.on('error', () => tcp.destroy()); // oversized or malformed; ws closes with the fitting code
}

const http = createServer((_, response) => response.writeHead(426).end());
const server = new WebSocketServer({
  server: http,
  maxPayload: Number(limit),
  perMessageDeflate: false,
  handleProtocols: (protocols) => (protocols.has('mqtt') ? 'mqtt' : false),
  verifyClient: ({ req }) => /(^|,)\s*mqtt\s*(,|$)/.test(req.headers['sec-websocket-protocol'] ?? ''),
});
server.on('connection', bridge);
http.headersTimeout = 10_000;
http.listen({ path: front, writableAll: true, readableAll: true });
