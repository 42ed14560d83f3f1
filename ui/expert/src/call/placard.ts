// The picture that is sent where there is no camera picture: it says so, in words, and is never a frozen frame.

const WIDTH = 640;
const HEIGHT = 360;
/** A new viewer needs a frame soon; five a second cost nothing. */
const FRAME_MS = 200;

export interface Placard { track: MediaStreamTrack; stop(): void }

const ICON = 'm16 13 5.223 3.482a.5.5 0 0 0 .777-.416V7.87a.5.5 0 0 0-.752-.432L16 10.5 M10.66 6H14a2 2 0 0 1 2 2v2.5 M16 16a2 2 0 0 1-2 2H4a2 2 0 0 1-2-2V8a2 2 0 0 1 2-2h2 M2 2l20 20';

function draw(ctx: CanvasRenderingContext2D, text: string): void {
  ctx.fillStyle = '#10264a';
  ctx.fillRect(0, 0, WIDTH, HEIGHT);
  ctx.save();
  ctx.translate(WIDTH / 2 - 42, 92);
  ctx.scale(3.5, 3.5);
  ctx.strokeStyle = '#9cc4f2';
  ctx.lineWidth = 1.6;
  ctx.lineCap = ctx.lineJoin = 'round';
  ctx.stroke(new Path2D(ICON));
  ctx.restore();
  ctx.fillStyle = '#ffffff';
  ctx.textAlign = 'center';
  ctx.font = '600 32px "Inter Variable", Inter, sans-serif';
  ctx.fillText(text, WIDTH / 2, 242, WIDTH - 40);
}

export function makePlacard(text: () => string): Placard {
  const canvas = document.createElement('canvas');
  canvas.width = WIDTH;
  canvas.height = HEIGHT;
  const ctx = canvas.getContext('2d');
  if (ctx === null) throw new Error('no canvas');
  draw(ctx, text());
  const stream = canvas.captureStream(0);
  const track = stream.getVideoTracks()[0]!;
  // The standard has requestFrame on the track, Firefox on the stream.
  const asked = ('requestFrame' in track ? track : stream) as unknown as { requestFrame(): void };
  const frame = (): void => {
    draw(ctx, text());
    asked.requestFrame();
  };
  frame();
  const timer = setInterval(frame, FRAME_MS);
  return {
    track,
    stop: () => {
      clearInterval(timer);
      track.stop();
    },
  };
}
