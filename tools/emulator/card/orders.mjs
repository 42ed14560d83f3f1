// What may be ordered of a card, whatever it is in.

/** Orders `tries`, `pin` and `reset` for the card that `current()` gives. */
export function cardOrders(current) {
  const card = () => {
    const c = current();
    if (!c?.tries) {
      throw new Error('no card with a PIN is there');
    }
    return c;
  };
  return {
    reset: () => current()?.restore?.(),
    pin: ([name, digits]) => card().setPin(name, digits),
    tries: ([name, left]) => {
      if (name !== undefined) {
        card().setTries(name, Number(left));
      }
      return card().tries();
    },
  };
}
