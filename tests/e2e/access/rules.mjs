// Who may write and read which topic: the table of firmware/signal/PROTOCOL.md, said once more and by itself.
import { COLLECTOR, EXPERTS, KIOSKS } from './fleet.mjs';

const experts = Object.keys(EXPERTS);

/** Topics of the protocol, some that nobody may use, and some that only look like the protocol's. */
export const TOPICS = [
  ...KIOSKS.flatMap((k) => experts.flatMap((e) => [`k/${k}/up/${e}`, `k/${k}/down/${e}`])),
  ...KIOSKS.flatMap((k) => ['kela', 'vero'].map((a) => `call/${a}/${k}`)),
  ...experts.flatMap((e) => ['kela', 'vero'].map((a) => `here/${a}/${e}`)),
  ...KIOSKS.flatMap((k) => [`health/${k}`, `event/${k}`]),
  'k/kiosk-1/up/anna-virtanen/more', 'k/kiosk-1/up', 'call/kela', 'here/kela', 'health', 'news/kela', 'anything',
];

export const FILTERS = [...TOPICS, '#', 'k/#', '+/+/+/+', 'k/+/up/+', 'k/+/down/+', 'call/#', 'health/+', 'health/#', 'event/+', '+/kela/+', 'here/+/+', '+/kiosk-1'];

/** What each role subscribes to in earnest. */
export const usual = (who) => (who === COLLECTOR ? ['health/+'] : KIOSKS.includes(who)
  ? [`k/${who}/down/+`, 'call/+/+', 'here/+/+', 'call/kela/+', 'here/kela/+']
  : [`k/+/up/${who}`, `call/${EXPERTS[who]}/+`, `here/${EXPERTS[who]}/+`]);

export function mayWrite(who, topic) {
  const [first, second, third, fourth, ...rest] = topic.split('/');
  if (rest.length || who === COLLECTOR) {
    return false;
  }
  if (KIOSKS.includes(who)) {
    return (first === 'k' && second === who && third === 'up' && fourth !== undefined) ||
      (first === 'call' && third === who && fourth === undefined) ||
      ((first === 'health' || first === 'event') && second === who && third === undefined);
  }
  return (first === 'k' && third === 'down' && fourth === who) ||
    (first === 'here' && second === EXPERTS[who] && third === who && fourth === undefined);
}

export function mayRead(who, topic) {
  const [first, second, third, fourth, ...rest] = topic.split('/');
  if (rest.length) {
    return false;
  }
  if (who === COLLECTOR) {
    return first === 'health' && second !== undefined && third === undefined;
  }
  if (KIOSKS.includes(who)) {
    return (first === 'k' && second === who && third === 'down' && fourth !== undefined) ||
      ((first === 'call' || first === 'here') && third !== undefined && fourth === undefined);
  }
  return (first === 'k' && third === 'up' && fourth === who) ||
    ((first === 'call' || first === 'here') && second === EXPERTS[who] && third !== undefined && fourth === undefined);
}

/** Does an MQTT filter match a topic? (3.1.1, 4.7) */
export function matches(filter, topic) {
  const f = filter.split('/');
  const t = topic.split('/');
  const end = f.indexOf('#');
  const n = end >= 0 ? end : Math.max(f.length, t.length);
  return (end >= 0 ? t.length >= end : t.length === f.length) && f.slice(0, n).every((part, i) => part === '+' || part === t[i]);
}

/** A topic that `who` may read, for messages that close a test. */
export const controlTopic = (who) => (who === COLLECTOR ? 'health/control-kiosk' : KIOSKS.includes(who) ? `k/${who}/down/control-expert` : `k/control-kiosk/up/${who}`);
