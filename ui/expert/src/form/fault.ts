// Why the page would not go on with a kiosk's form. The names are those of PROTOCOL.md, "Form", as far as it has them.

import * as judge from '../wire/judge';

export type Fault = 'malformed' | 'client' | 'too-large' | 'version' | 'hash' | 'definition';
export const faultUnless: judge.FaultUnless<Fault> = judge.faultUnless;
