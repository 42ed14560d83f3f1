// The bodies of envelopes: JSON with known members, all checked, further ones ignored.

import { isNonce } from './envelope';
import { Refused, isReason, refuseUnless, type Reason } from './reason';
import { NUMBER_MAX, readSdp, type SdpFacts } from './sdp';
import { isName } from './topics';
import { unbase64url } from './bytes';

export type Lang3 = { fi: string; sv: string; en: string };
export interface Announce { agency: string; card: string; lang: string; title: Lang3; site: string; sinceS: number; gone: boolean }
export interface Grant { agency: string; card: string; lang: string }
export interface Candidate { offer: number; mid: string; candidate: string }
export const BYES = ['ended', 'left', 'silent', 'failed'] as const;
export type ByeWhy = (typeof BYES)[number];

type Json = Record<string, unknown>;

function object(body: string): Json {
  let value: unknown;
  try {
    value = JSON.parse(body);
  } catch {
    throw new Refused('malformed');
  }
  refuseUnless(typeof value === 'object' && value !== null && !Array.isArray(value), 'malformed');
  return value as Json;
}

function text(o: Json, key: string, max: number): string {
  const value = o[key];
  refuseUnless(typeof value === 'string' && value.length <= max, 'malformed');
  return value;
}

function whole(o: Json, key: string, min = 1): number {
  const value = o[key];
  refuseUnless(Number.isInteger(value) && (value as number) >= min && (value as number) <= NUMBER_MAX, 'malformed');
  return value as number;
}

function name(o: Json, key: string): string {
  const value = text(o, key, 32);
  refuseUnless(isName(value), 'malformed');
  return value;
}

const lang = (o: Json): string => {
  const value = text(o, 'lang', 16);
  refuseUnless(/^[a-z]{2,3}(-[A-Za-z0-9]{2,8})?$/.test(value), 'malformed');
  return value;
};

/** `agency` is the topic's: an announcement belongs where it stands. */
export function readAnnounce(body: string, agency: string): Announce {
  const o = object(body);
  const titles = o['title'];
  refuseUnless(typeof titles === 'object' && titles !== null, 'malformed');
  const title = (l: string): string => text(titles as Json, l, 200);
  const state = text(o, 'state', 16);
  refuseUnless(state === 'waiting' || state === 'gone', 'malformed');
  const read: Announce = {
    agency: name(o, 'agency'), card: name(o, 'card'), lang: lang(o), title: { fi: title('fi'), sv: title('sv'), en: title('en') },
    site: text(o, 'site', 200), sinceS: whole(o, 'since_s', 0), gone: state === 'gone',
  };
  refuseUnless(read.agency === agency, 'names');
  return read;
}

export function readGrant(body: string): Grant {
  const o = object(body);
  whole(o, 'n');
  return { agency: name(o, 'agency'), card: name(o, 'card'), lang: lang(o) };
}

export function readRefuse(body: string): Reason {
  const why = object(body)['why'];
  refuseUnless(isReason(why), 'malformed');
  return why;
}

/** `newest` is the newest offer's version; one that does not rise is `order`. */
export function readOffer(body: string, newest: number): SdpFacts {
  const facts = readSdp(body);
  refuseUnless(facts.version > newest, 'order');
  return facts;
}

export function readAnswer(body: string, newest: number): SdpFacts {
  const facts = readSdp(body);
  refuseUnless(facts.answers === newest, 'order');
  return facts;
}

export function readCandidate(body: string, newest: number): Candidate {
  const o = object(body);
  whole(o, 'n');
  const read = { offer: whole(o, 'offer'), mid: text(o, 'mid', 32), candidate: text(o, 'candidate', 1024) };
  refuseUnless(/^(candidate:[^\r\n]+)?$/.test(read.candidate), 'malformed');
  refuseUnless(read.offer === newest, 'order');
  return read;
}

export function readBye(body: string): ByeWhy {
  const o = object(body);
  whole(o, 'n');
  const why = BYES.find((b) => b === o['why']);
  refuseUnless(why !== undefined, 'malformed');
  return why;
}

export function readAck(body: string): string {
  const of = text(object(body), 'of', 86);
  refuseUnless(unbase64url(of)?.length === 64, 'malformed');
  return of;
}

/** Only the shape of a claim; its certificate is the kiosk's to judge. */
export function readClaim(body: string): { cert: string; resume: string | null } {
  const o = object(body);
  const resume = o['resume'];
  refuseUnless(resume === undefined || (typeof resume === 'string' && isNonce(resume)), 'malformed');
  return { cert: text(o, 'cert', 8192), resume: resume ?? null };
}
