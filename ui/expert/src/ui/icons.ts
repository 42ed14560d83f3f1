// Icons: lucide (ISC), only those used here.

import { html, type TemplateResult } from 'lit';
import { unsafeHTML } from 'lit/directives/unsafe-html.js';
import armchair from 'lucide-static/icons/armchair.svg?raw';
import bell from 'lucide-static/icons/bell-ring.svg?raw';
import bookUser from 'lucide-static/icons/book-user.svg?raw';
import building from 'lucide-static/icons/building-2.svg?raw';
import check from 'lucide-static/icons/check.svg?raw';
import chevronRight from 'lucide-static/icons/chevron-right.svg?raw';
import circleAlert from 'lucide-static/icons/circle-alert.svg?raw';
import circleCheck from 'lucide-static/icons/circle-check.svg?raw';
import clock from 'lucide-static/icons/clock.svg?raw';
import download from 'lucide-static/icons/download.svg?raw';
import eye from 'lucide-static/icons/eye.svg?raw';
import fileText from 'lucide-static/icons/file-text.svg?raw';
import fileUp from 'lucide-static/icons/file-up.svg?raw';
import papers from 'lucide-static/icons/files.svg?raw';
import globe from 'lucide-static/icons/globe.svg?raw';
import headphones from 'lucide-static/icons/headphones.svg?raw';
import idCard from 'lucide-static/icons/id-card.svg?raw';
import info from 'lucide-static/icons/info.svg?raw';
import landmark from 'lucide-static/icons/landmark.svg?raw';
import loader from 'lucide-static/icons/loader-circle.svg?raw';
import lock from 'lucide-static/icons/lock.svg?raw';
import logOut from 'lucide-static/icons/log-out.svg?raw';
import quote from 'lucide-static/icons/message-square-quote.svg?raw';
import message from 'lucide-static/icons/message-square-text.svg?raw';
import mic from 'lucide-static/icons/mic.svg?raw';
import micOff from 'lucide-static/icons/mic-off.svg?raw';
import moon from 'lucide-static/icons/moon.svg?raw';
import mousePointer from 'lucide-static/icons/mouse-pointer-2.svg?raw';
import panelClose from 'lucide-static/icons/panel-right-close.svg?raw';
import paperclip from 'lucide-static/icons/paperclip.svg?raw';
import penLine from 'lucide-static/icons/pen-line.svg?raw';
import phoneOff from 'lucide-static/icons/phone-off.svg?raw';
import plus from 'lucide-static/icons/plus.svg?raw';
import pointer from 'lucide-static/icons/pointer.svg?raw';
import rotateCw from 'lucide-static/icons/rotate-cw.svg?raw';
import scanLine from 'lucide-static/icons/scan-line.svg?raw';
import settings from 'lucide-static/icons/settings-2.svg?raw';
import shield from 'lucide-static/icons/shield.svg?raw';
import shieldCheck from 'lucide-static/icons/shield-check.svg?raw';
import shieldQuestion from 'lucide-static/icons/shield-question-mark.svg?raw';
import shieldX from 'lucide-static/icons/shield-x.svg?raw';
import signal from 'lucide-static/icons/signal.svg?raw';
import smartphone from 'lucide-static/icons/smartphone.svg?raw';
import slash from 'lucide-static/icons/slash.svg?raw';
import speech from 'lucide-static/icons/speech.svg?raw';
import square from 'lucide-static/icons/square.svg?raw';
import sun from 'lucide-static/icons/sun.svg?raw';
import textCursor from 'lucide-static/icons/text-cursor.svg?raw';
import trash from 'lucide-static/icons/trash-2.svg?raw';
import triangleAlert from 'lucide-static/icons/triangle-alert.svg?raw';
import type from 'lucide-static/icons/type.svg?raw';
import user from 'lucide-static/icons/user.svg?raw';
import users from 'lucide-static/icons/users.svg?raw';
import video from 'lucide-static/icons/video.svg?raw';
import videoOff from 'lucide-static/icons/video-off.svg?raw';
import volume from 'lucide-static/icons/volume-2.svg?raw';
import wifiOff from 'lucide-static/icons/wifi-off.svg?raw';
import x from 'lucide-static/icons/x.svg?raw';
import zoomIn from 'lucide-static/icons/zoom-in.svg?raw';
import zoomOut from 'lucide-static/icons/zoom-out.svg?raw';

const files = {
  armchair, bell, bookUser, building, check, chevronRight, circleAlert, circleCheck, clock, download, eye, fileText, fileUp, globe, headphones, idCard, info, landmark, loader,
  lock, logOut, message, mic, micOff, moon, mousePointer, panelClose, paperclip, papers, penLine, phoneOff, plus, pointer, quote, rotateCw, scanLine,
  settings, shield, shieldCheck, shieldQuestion, shieldX, signal, slash, smartphone, speech, square, sun, textCursor, trash, triangleAlert, type, user, users, video, videoOff,
  volume, wifiOff, x, zoomIn, zoomOut,
};
export type IconName = keyof typeof files;

const cache = new Map<string, TemplateResult>();

/** The files are our own build's, so their markup is trusted. */
export function icon(name: IconName, extra = ''): TemplateResult {
  const key = `${name} ${extra}`;
  let made = cache.get(key);
  if (made === undefined) {
    const inner = files[name].replace(/<!--.*?-->/gs, '').replace(/<svg[^>]*>/, '').replace('</svg>', '');
    made = html`${unsafeHTML(`<svg class="icon ${extra}" viewBox="0 0 24 24" aria-hidden="true">${inner}</svg>`)}`;
    cache.set(key, made);
  }
  return made;
}
