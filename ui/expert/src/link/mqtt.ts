// The MQTT link over WebSocket: QoS 0, a new random client id at every start, reconnects by itself.

import mqtt, { type MqttClient } from 'mqtt';
import { hex, random } from '../wire/bytes';
import { PAYLOAD_MAX } from '../wire/envelope';
import { backoffMs } from './backoff';
import { publishPacket } from './packet';

export type LinkState = 'connecting' | 'up' | 'down' | 'refused';

export interface LinkEvents {
  onState(state: LinkState): void;
  onMessage(topic: string, payload: Uint8Array): void;
}

export interface LinkSetup { url: string; user: string; password: string; filters: string[] }

/** CONNACK 4 and 5: user name or password wrong, not authorised (MQTT 3.1.1, 3.2.2.3). */
const isRefusal = (error: unknown): boolean => [4, 5].includes((error as { code?: number }).code ?? 0);

export class Link {
  private readonly client: MqttClient;
  private socket: WebSocket | null = null;
  private attempt = 0;
  private timer = 0;
  private stopped = false;
  private ready = false;
  /** The broker did not accept us; it is asked again, as a call may be on. */
  private denied = false;
  private readonly again = (): void => this.reconnect();

  constructor(private readonly setup: LinkSetup, private readonly events: LinkEvents) {
    this.client = mqtt.connect(setup.url, {
      protocolVersion: 4, clean: true, clientId: hex(random(16)), username: setup.user, password: setup.password,
      keepalive: 30, connectTimeout: 8000, reconnectPeriod: 0, queueQoSZero: false, resubscribe: false, timerVariant: 'native',
      createWebsocket: (url, protocols) => {
        this.socket = new WebSocket(url, protocols);
        return this.socket;
      },
    });
    this.client.on('connect', () => this.connected());
    this.client.on('message', (topic, payload) => {
      // One byte over the limit is enough to be refused by name; the rest is not worth keeping.
      events.onMessage(topic, payload.length > PAYLOAD_MAX ? payload.subarray(0, PAYLOAD_MAX + 1) : payload);
    });
    // A broker must hang up after a refusal (3.2.2.3), but need not do what it must.
    this.client.on('error', (error) => {
      if (!isRefusal(error)) return;
      this.denied = true;
      this.socket?.close();
    });
    // Nothing but QoS 0 was asked for, and the library keeps messages of QoS 2 for as long as the broker likes.
    this.client.on('packetreceive', (packet) => {
      if (packet.cmd === 'publish' && packet.qos > 0) this.socket?.close();
    });
    this.client.on('close', () => this.closed());
    window.addEventListener('online', this.again);
    events.onState('connecting');
  }

  /**
   * On the wire before this returns, past the library's queue: it writes a tick later, which costs the answer milliseconds and a page
   * that is going its last word. The library hands whole packets to the socket, so this one cannot fall into another.
   * Lost where the link is down: whoever needs an answer repeats.
   */
  publish(topic: string, text: string): void {
    if (this.ready && this.socket?.readyState === WebSocket.OPEN) this.socket.send(publishPacket(topic, text));
  }

  stop(): void {
    this.stopped = true;
    clearTimeout(this.timer);
    window.removeEventListener('online', this.again);
    this.client.end(false);
  }

  private connected(): void {
    // Up only when the broker has the subscriptions: an answer to anything said before would be lost.
    this.client.subscribe(this.setup.filters, { qos: 0 }, (error) => {
      if (error !== null) return this.events.onState('down');
      if (!this.client.connected) return;
      this.attempt = 0;
      this.ready = true;
      this.events.onState('up');
    });
  }

  private closed(): void {
    this.ready = false;
    if (this.stopped) return;
    this.events.onState(this.denied ? 'refused' : 'down');
    this.denied = false;
    clearTimeout(this.timer);
    this.timer = window.setTimeout(this.again, backoffMs(this.attempt, Math.random()));
    this.attempt += 1;
  }

  private reconnect(): void {
    clearTimeout(this.timer);
    if (!this.stopped && !this.client.connected) this.client.reconnect();
  }
}
