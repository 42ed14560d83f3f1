// The names of colleagues, from the key files beside the page. Each is asked for once; the user name stands in till then.

import { CREW_MAX } from './crew';

/** Twice a full crew: those who went and those who came. */
export const NAMES_MAX = 2 * CREW_MAX;

export class Names {
  private readonly known = new Map<string, string>();

  constructor(private readonly load: (user: string) => Promise<string | null>, private readonly onChange: () => void) {}

  of(user: string): string {
    const found = this.known.get(user);
    if (found === undefined) void this.ask(user);
    return found ?? user;
  }

  private async ask(user: string): Promise<void> {
    if (this.known.size >= NAMES_MAX) this.known.delete(this.known.keys().next().value!);
    this.known.set(user, user);
    // Where it cannot be had the user name is good enough.
    const name = await this.load(user).catch(() => null);
    if (name === null || !this.known.has(user)) return;
    this.known.set(user, name);
    this.onChange();
  }
}
