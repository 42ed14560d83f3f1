// What browsers have had for long and Debian's Node.js 18 has not yet, or not under its global name.
import { webcrypto } from 'node:crypto';

globalThis.crypto ??= webcrypto as Crypto;
String.prototype.isWellFormed ??= function isWellFormed(this: string) {
  return !/\p{Surrogate}/u.test(this);
};
String.prototype.toWellFormed ??= function toWellFormed(this: string) {
  return this.replaceAll(/\p{Surrogate}/gu, '\ufffd');
};
