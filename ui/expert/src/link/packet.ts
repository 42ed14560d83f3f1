// One MQTT 3.1.1 PUBLISH with QoS 0 (section 3.3).

import { utf8, type Bytes } from '../wire/bytes';

/** 2.2.3: seven bits a byte, least significant first. */
function remaining(len: number): number[] {
  const bytes: number[] = [];
  for (let left = len; bytes.length === 0 || left > 0; left >>>= 7) bytes.push((left & 127) | (left > 127 ? 128 : 0));
  return bytes;
}

export function publishPacket(topic: string, text: string): Bytes {
  const [name, payload] = [utf8(topic), utf8(text)];
  const head = [0x30, ...remaining(2 + name.length + payload.length), name.length >> 8, name.length & 255];
  const packet = new Uint8Array(head.length + name.length + payload.length);
  packet.set(head);
  packet.set(name, head.length);
  packet.set(payload, head.length + name.length);
  return packet;
}
