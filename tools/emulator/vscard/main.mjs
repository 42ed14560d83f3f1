// luukku-emulator vscard
import { connectTo, listenAt } from '../address.mjs';
import { CARDS } from '../card/cards.mjs';
import { listenControl } from '../control.mjs';
import { VirtualCard } from './vscard.mjs';

const OPTIONS = ['connect', 'listen', 'control', 'card', 'card-pki', 'protocol'];

export const usage = `luukku-emulator vscard --connect ADDRESS|--listen ADDRESS [--control ADDRESS] [--card NAME|none] [--card-pki DIR]
    [--protocol t0|t1]
A card for QEMU's usb-ccid: -chardev socket,id=card,host=127.0.0.1,port=PORT,server=on -device usb-ccid
  -device ccid-card-passthru,chardev=card with --connect; without server=on, --listen.
Orders: card insert [NAME], card remove, cards, tries, reset, pki
`;

/** Serves; gives {ready: what the ready line says, close}. */
export async function serve(options) {
  const unknown = Object.keys(options).find((o) => !OPTIONS.includes(o));
  if (unknown) {
    throw new Error(`vscard has no --${unknown}`);
  }
  const { connect, listen, control = 'tcp:0', card = 'p384', protocol = 't0' } = options;
  if ((connect === undefined) === (listen === undefined) || (card !== 'none' && !CARDS.includes(card)) || !['t0', 't1'].includes(protocol)) {
    throw new Error('one of --connect and --listen, a card that there is, and t0 or t1');
  }
  const virtual = new VirtualCard({ card, pki: options['card-pki'], protocol });
  const orders = await listenControl(control, virtual);
  let address = connect;
  let server = null;
  if (connect !== undefined) {
    virtual.attach(await connectTo(connect));
  } else {
    ({ server, address } = await listenAt(listen, (socket) => virtual.attach(socket)));
  }
  return { ready: { listen: address, control: orders.address }, close: () => {
    server?.close();
    orders.server.close();
    virtual.close();
  } };
}
