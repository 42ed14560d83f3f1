/** What is wrong with a container, for whoever asked. */
export class Refused extends Error {}

export function check(ok, reason) {
  if (!ok) {
    throw new Refused(reason);
  }
}
