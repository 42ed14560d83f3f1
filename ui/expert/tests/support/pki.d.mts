import type { KeyObject } from 'node:crypto';

export interface Key { kind: string | number; secret: KeyObject; spki: Buffer; public: KeyObject }
export interface Issuer { fields: Record<string, string>; key: Key }
export interface Wanted {
  serial?: number; subject?: Record<string, string>; key?: Key; issuer?: Issuer; from?: number; to?: number; usage?: number | null; ca?: boolean | null; pathLen?: number;
  purposes?: string[]; points?: boolean; more?: [string, boolean, Buffer][]; how?: string; inner?: string;
}
export interface WantedList { issuer?: Issuer; serials?: number[]; from?: number; to?: number | null; more?: [string, boolean, Buffer][]; how?: string }
export interface Over { rootKey?: Key; caKey?: Key; key?: Key; root?: Wanted; ca?: Wanted; card?: Wanted; crl?: WantedList; rootCrl?: WantedList }
export interface Fleet { root: Issuer; ca: Issuer; rootCert: Buffer; caCert: Buffer; card: Buffer; key: Key; crl: Buffer; rootCrl: Buffer }
export const DAY: number;
export const USAGE: { digitalSignature: number; nonRepudiation: number; certSign: number; crlSign: number };
export function tlv(tag: number, ...parts: Buffer[]): Buffer;
export function oid(dotted: string): Buffer;
export function name(fields: Record<string, string>): Buffer;
export function newKey(kind: string | number): Key;
export function certificate(wanted: Wanted): Buffer;
export function revocationList(wanted: WantedList): Buffer;
export function fleet(now: number, over?: Over): Fleet;
export function cardSign(key: Key, alg: string, text: Uint8Array): Buffer;
export function trustFile(cas: Buffer[], crls: Buffer[], issuers?: unknown[]): Record<string, unknown>;
