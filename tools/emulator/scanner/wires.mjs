// What carries HTTP: a pair of bulk pipes, or a TCP connection.
import { createServer } from 'node:net';
import { HttpPeer } from './http.mjs';

const TCP_PACKET = 512; // what faults of packets take for one

/** The pipes of one interface. */
export class UsbWire {
  constructor(device, address) {
    Object.assign(this, { device, address });
  }

  get endpoint() {
    return this.device.endpoints.get(this.address);
  }

  get packet() {
    return this.endpoint?.max ?? TCP_PACKET;
  }

  write(bytes, last) {
    this.device.send(this.address, bytes, { zlp: last });
  }

  writeEmpty() {
    this.device.send(this.address, Buffer.alloc(0));
  }

  /** Calls `then` when the host has all that was written. */
  drained(then) {
    const last = this.endpoint?.queue.at(-1);
    if (last) {
      last.done = () => setImmediate(then); // not inside the queue's own work
    } else {
      setImmediate(then);
    }
  }

  /** Halts when the host has what was written; `rest` lies in wait behind the halt. */
  stall(rest) {
    this.drained(() => {
      this.device.halt(this.address);
      if (rest.length) {
        this.write(rest, true);
      }
    });
  }

  /** There is nothing to close. */
  close() {}

  finish() {
    this.writeEmpty();
  }
}

class TcpWire {
  constructor(socket) {
    this.socket = socket;
    this.packet = TCP_PACKET;
  }

  write(bytes) {
    if (this.socket.writable) {
      this.socket.write(bytes);
    }
  }

  writeEmpty() {}

  drained(then) {
    this.socket.write('', () => setImmediate(then));
  }

  stall() {
    this.drained(() => this.socket.resetAndDestroy());
  }

  close() {
    this.socket.end();
  }

  finish() {
    this.socket.end();
  }
}

/** Serves eSCL on 127.0.0.1:port as long as `plugged()`; gives {port, drop() (all connections), close()}. */
export async function serveTcp(port, { handle, faults, aim, plugged }) {
  const sockets = new Set();
  const server = createServer((socket) => {
    if (!plugged()) {
      socket.destroy();
      return;
    }
    socket.setNoDelay(true);
    sockets.add(socket);
    const peer = new HttpPeer(new TcpWire(socket), handle, faults, aim);
    socket.on('data', (bytes) => {
      if (faults.take('stall-out')) {
        socket.resetAndDestroy();
      } else {
        peer.received(bytes);
      }
    });
    socket.on('error', () => socket.destroy());
    socket.on('close', () => {
      sockets.delete(socket);
      peer.end();
    });
  });
  await new Promise((done, failed) => {
    server.once('error', failed);
    server.listen(port, '127.0.0.1', done);
  });
  const drop = () => sockets.forEach((s) => s.destroy());
  return {
    port: server.address().port,
    drop,
    close() {
      drop();
      server.close();
    },
  };
}
