// Names and topics of PROTOCOL.md.

const NAME = /^[a-z0-9-]{3,32}$/;
export const isName = (text: string): boolean => NAME.test(text);

export const upFilter = (expert: string): string => `k/+/up/${expert}`;
export const callFilter = (agency: string): string => `call/${agency}/+`;
export const hereFilter = (agency: string): string => `here/${agency}/+`;
export const downTopic = (kiosk: string, expert: string): string => `k/${kiosk}/down/${expert}`;
export const hereTopic = (agency: string, expert: string): string => `here/${agency}/${expert}`;

/** What a topic says about a message: whose it is, and which types it may carry. */
export type Place =
  | { kind: 'up'; kiosk: string; expert: string }
  | { kind: 'down'; kiosk: string; expert: string }
  | { kind: 'call'; agency: string; kiosk: string }
  | { kind: 'here'; agency: string; expert: string };

const PLACES = /^(?:k\/(?<kiosk>[^/]+)\/(?<way>up|down)|(?<board>call|here)\/(?<agency>[^/]+))\/(?<last>[^/]+)$/;

export function placeOf(topic: string): Place | null {
  const found = PLACES.exec(topic)?.groups;
  if (found === undefined) return null;
  const { kiosk, way, board, agency, last } = found as Record<string, string>;
  if (![kiosk ?? agency, last].every((n) => n !== undefined && isName(n))) return null;
  if (way === 'up' || way === 'down') return { kind: way, kiosk: kiosk!, expert: last! };
  return board === 'call' ? { kind: 'call', agency: agency!, kiosk: last! } : { kind: 'here', agency: agency!, expert: last! };
}
