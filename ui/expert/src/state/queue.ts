// Who waits: verified announcements, forgotten 6 s after the last. Pure but for the signature.

import { readAnnounce, type Announce } from '../wire/body';
import { openEnvelope, type KeyOf } from '../wire/envelope';
import { Refused, type Reason } from '../wire/reason';
import type { Place } from '../wire/topics';

export const EXPIRE_MS = 6_000;
export const QUEUE_MAX = 200;
const REFUSED_MAX = 8;
/** A flood of announcements must not become a flood of signature checks. */
const PENDING_MAX = 32;

export interface Entry extends Announce { kiosk: string; call: string; kn: string; heardAt: number; since: number }
export interface RefusedKiosk { kiosk: string; reason: Reason; at: number }

export class Queue {
  private readonly entries = new Map<string, Entry>();
  private readonly turned = new Map<string, RefusedKiosk>();
  private pending = 0;

  /** Longest wait first; ties by kiosk name, as the kiosks count their own places. */
  list(now: number): Entry[] {
    for (const [kiosk, e] of this.entries) if (now - e.heardAt > EXPIRE_MS) this.entries.delete(kiosk);
    return [...this.entries.values()].sort((a, b) => a.since - b.since || (a.kiosk < b.kiosk ? -1 : 1));
  }

  /** Kiosks that could not prove who they are, while they go on trying. */
  refused(now: number): RefusedKiosk[] {
    for (const [kiosk, r] of this.turned) if (now - r.at > EXPIRE_MS) this.turned.delete(kiosk);
    return [...this.turned.values()];
  }

  async receive(place: Place & { kind: 'call' }, payload: Uint8Array, keyOf: KeyOf, now: number): Promise<void> {
    if (this.pending >= PENDING_MAX) return;
    this.pending += 1;
    try {
      const e = await openEnvelope(place, payload, { call: null, kn: null, en: '' }, keyOf);
      this.put(place.kiosk, e.call, e.kn, readAnnounce(e.body, place.agency), now);
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      if (this.turned.size < REFUSED_MAX || this.turned.has(place.kiosk)) {
        this.turned.set(place.kiosk, { kiosk: place.kiosk, reason: error.reason, at: now });
      }
    } finally {
      this.pending -= 1;
    }
  }

  remove(kiosk: string): void {
    this.entries.delete(kiosk);
  }

  private put(kiosk: string, call: string, kn: string, read: Announce, now: number): void {
    const old = this.entries.get(kiosk);
    if (read.gone) {
      if (old?.call === call) this.entries.delete(kiosk);
      return;
    }
    if (old === undefined && this.entries.size >= QUEUE_MAX) return;
    // The first one heard sets the clock: whole seconds of later ones would make the time jump.
    const since = old?.call === call ? Math.min(old.since, now - read.sinceS * 1000) : now - read.sinceS * 1000;
    this.entries.set(kiosk, { ...read, kiosk, call, kn, heardAt: now, since });
  }
}
