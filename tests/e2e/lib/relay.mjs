// node relay.mjs FROM TO: passes connections on. Each is a port on 127.0.0.1 or the path of a Unix socket.
import { connect, createServer } from 'node:net';

const at = (word) => (/^\d+$/.test(word) ? { host: '127.0.0.1', port: Number(word) } : { path: word });
const [from, to] = process.argv.slice(2);

createServer((near) => {
  const far = connect(at(to));
  const end = () => {
    near.destroy();
    far.destroy();
  };
  near.on('error', end).on('close', end);
  far.on('error', end).on('close', end);
  near.pipe(far).pipe(near);
}).listen(at(from));
