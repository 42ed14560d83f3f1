// A card for QEMU's own usb-ccid reader: the card's end of the protocol behind `-device ccid-card-passthru,chardev=...`.
// Messages: type, reader, length, 32 bits each, big-endian, and so many bytes.
import { CARDS, makeCard } from '../card/cards.mjs';
import { cardOrders } from '../card/orders.mjs';
import { CardPki } from '../card/pki.mjs';
import { CardT0 } from '../card/t0.mjs';
import { CardT1 } from '../card/t1.mjs';
import { Faults } from '../faults.mjs';
import { READER_FAULTS } from '../reader/faults.mjs';

const MESSAGE = { init: 1, error: 2, readerAdd: 3, readerRemove: 4, atr: 5, removed: 6, apdu: 7, flush: 8, flushed: 9 };
const HEADER = 12;
const LENGTH_MAX = 65536;
const ANY_READER = 0xffffffff;
const VERSION = 2;

/** The card and its link: has what control.mjs wants of a device. */
export class VirtualCard {
  constructor({ card, pki, protocol }) {
    this.pki = new CardPki(pki);
    this.protocol = protocol;
    this.faults = new Faults(READER_FAULTS);
    this.transfers = 0;
    this.socket = null;
    this.plugged = true;
    this.put(card);
    this.commands = {
      card: ([verb, name]) => this.order(verb, name),
      cards: () => CARDS.join(' '),
      pki: () => this.pki.dir,
      ...cardOrders(() => this.card),
    };
  }

  put(name) {
    this.usual = name === 'none' ? this.usual ?? 'p384' : name;
    this.card = name === 'none' ? null : makeCard(name, this.pki, {});
    const protocol = this.card?.speaksOnly ?? this.protocol;
    this.speaks = protocol;
    this.engine = this.card && (protocol === 't1' ? new CardT1(this.card, this.faults, this.card.ifsc) : new CardT0(this.card, this.faults));
  }

  order(verb, name = this.usual) {
    if (verb === 'remove') {
      this.put('none');
      this.say(MESSAGE.removed);
    } else if (verb === 'insert' && CARDS.includes(name)) {
      this.put(name);
      this.show();
    } else {
      throw new Error('card insert [NAME] or card remove');
    }
  }

  unplug() {
    this.plugged = false;
    this.socket?.destroy();
  }

  plug() {
    this.plugged = true;
  }

  faultSet() {}

  faultsCleared() {}

  close() {
    this.socket?.destroy();
    this.pki.close();
  }

  /** QEMU is there. */
  attach(socket) {
    if (this.socket || !this.plugged) {
      socket.destroy();
      return;
    }
    this.socket = socket;
    this.bytes = Buffer.alloc(0);
    this.reader = 0;
    this.added = false;
    socket.on('data', (more) => this.received(more));
    socket.on('error', () => socket.destroy());
    socket.on('close', () => {
      this.socket = null;
    });
    const hello = Buffer.alloc(12);
    hello.write('VSCD', 'latin1');
    hello.writeUInt32BE(VERSION, 4);
    this.say(MESSAGE.init, hello, ANY_READER);
  }

  say(type, bytes = Buffer.alloc(0), reader = this.reader) {
    const head = Buffer.alloc(HEADER);
    head.writeUInt32BE(type, 0);
    head.writeUInt32BE(reader, 4);
    head.writeUInt32BE(bytes.length, 8);
    this.socket?.write(Buffer.concat([head, bytes]));
  }

  /** The card's answer to reset, where there is a card. */
  show() {
    if (this.card && !this.card.mute && this.added) {
      this.card.reset();
      this.say(MESSAGE.atr, this.card.atr[this.speaks]);
    }
  }

  received(more) {
    this.bytes = Buffer.concat([this.bytes, more]);
    while (this.bytes.length >= HEADER) {
      const length = this.bytes.readUInt32BE(8);
      if (length > LENGTH_MAX) {
        this.socket.destroy();
        return;
      }
      if (this.bytes.length < HEADER + length) {
        return;
      }
      const type = this.bytes.readUInt32BE(0);
      const body = this.bytes.subarray(HEADER, HEADER + length);
      this.bytes = this.bytes.subarray(HEADER + length);
      this.message(type, body);
    }
  }

  message(type, body) {
    switch (type) {
      case MESSAGE.init:
        this.say(MESSAGE.readerAdd, Buffer.from('luukku'), ANY_READER);
        break;
      case MESSAGE.error:
        if (!this.added && body.length >= 4 && body.readUInt32BE(0) === 0) {
          this.added = true;
          this.show();
        }
        break;
      case MESSAGE.flush:
        this.say(MESSAGE.flushed);
        break;
      case MESSAGE.apdu:
        this.exchange(Buffer.from(body));
        break;
      default:
        break;
    }
  }

  exchange(bytes) {
    this.transfers += 1;
    if (this.faults.take('silent') || !this.card) {
      return;
    }
    const answer = this.speaks === 't1' ? this.engine.exchange(bytes) : this.byT0(bytes);
    if (answer) {
      this.say(MESSAGE.apdu, answer);
    }
  }

  byT0(bytes) {
    if (bytes.length < 4 || (bytes.length > 5 && bytes.length < 5 + bytes[4])) {
      return Buffer.from([0x67, 0x00]);
    }
    const tpdu = bytes.length === 4 ? Buffer.concat([bytes, Buffer.alloc(1)]) : bytes.subarray(0, bytes.length > 5 ? 5 + bytes[4] : 5);
    return this.engine.exchange(tpdu).bytes ?? null;
  }
}
