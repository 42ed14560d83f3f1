export const KIND: Record<'join' | 'list' | 'piece' | 'got' | 'look' | 'point' | 'marks' | 'do' | 'told' | 'over', number>;
export function jpegOf(width: number, height: number, len?: number, fill?: number): Buffer;
interface Facts { id: number; from: string; width: number; height: number; dpi: number; preview: number; detail: number; sha256: string; attached: boolean; keep: boolean }
interface Doc { n: number; state: string; why: string; pages: number }
interface Look { page: number; turn: number; zoom: number; x: number; y: number; by: string }
export class PaperKiosk {
  constructor(send: (message: Uint8Array<ArrayBuffer>) => void, now?: () => number);
  pages: { facts: Facts; detail: Buffer; preview: Buffer; detailAt: number; marks: object[] }[];
  joins: { v: number; load: string; have: [number, number][] }[];
  commands: Record<string, unknown>[];
  refusals: string[];
  points: { page: number; x: number; y: number }[];
  looks: Look[];
  got: Map<number, number | string>;
  documents: Map<number, { bytes: number; parts: Buffer[]; have: number }>;
  look: Look;
  told: { ask: string; doc: Doc; scanner: string; camera: boolean; own: number };
  flows: boolean;
  joined: boolean;
  add(detail: Buffer, preview: Buffer, more?: Partial<Facts>): number;
  remove(id: number): void;
  change(id: number, more: Partial<Facts>): void;
  lookAt(look: Partial<Look>): void;
  pointAt(page: number, x: number, y: number): void;
  draw(page: number, mark: object, by?: string): void;
  tell(change: object): void;
  over(why: string): void;
  leave(): void;
  list(): void;
  flow(): void;
  piece(part: number, id: number, offset: number, bytes: Uint8Array): void;
  raw(kind: number, body: unknown): void;
  receive(message: Uint8Array): void;
}
