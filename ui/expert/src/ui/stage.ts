// Where a call is: one word for scripts and styles; the screen says it in sentences.

import type { CallView } from '../call/call';

export type Stage = 'claiming' | 'connecting' | 'live' | 'interrupted' | 'reconnecting';

export function stageOf(v: Pick<CallView, 'phase' | 'silence'>): Stage {
  if (v.silence === 'reconnecting' || v.silence === 'over') return 'reconnecting';
  if (v.phase === 'claiming') return 'claiming';
  if (v.phase !== 'live') return 'connecting';
  return v.silence === 'interrupted' ? 'interrupted' : 'live';
}
