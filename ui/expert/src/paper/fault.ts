// Why the page would not go on with what a kiosk sends on the `paper` channel.

import * as judge from '../wire/judge';

export type Fault = 'malformed' | 'order' | 'too-large' | 'hash' | 'picture' | 'changed';
export const faultUnless: judge.FaultUnless<Fault> = judge.faultUnless;
