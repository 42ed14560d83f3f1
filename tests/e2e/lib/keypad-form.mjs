// A call and a form by keypad and speech alone (keypad.mjs).

/** From a silent start into a call of the parental allowance. */
export async function toCall(pad, page) {
  await pad.press('speech');
  await pad.hears('Puhe on päällä.');
  await pad.choose('Aloita');
  await pad.hears('Mitä asiaa sinulla on?');
  await pad.choose('Vanhempainpäiväraha');
  await pad.hears('Näin asiointi etenee.');
  await pad.choose('Soita asiantuntijalle');
  await pad.hears('Olet jonossa.');
  await page.accept();
  await pad.hears('Puhelu alkaa.');
}

/** Into a field, a text from a keyboard, and out of it again. */
export async function types(pad, label, text) {
  await pad.choose(label);
  await pad.kiosk.ctl('ui', 'type', text);
  await pad.press('back');
}

/** Turns pages by keypad until a button with these words comes, and presses it. */
export async function turnTo(pad, words) {
  for (let i = 0; i < 6; i += 1) {
    const said = await pad.find(new RegExp(`^(${words}|Seuraava)`));
    await pad.press('select');
    if (said.startsWith(words)) return;
    await pad.hears(/./);
  }
  throw new Error(`"${words}" never came`);
}

/** The way on, over further pages, until that step. */
export async function onwards(pad, step) {
  for (let i = 0; i < 4; i += 1) {
    await pad.choose('Seuraava');
    const heard = await pad.hears(/./);
    if ([heard, ...pad.heard].some((u) => u.text.includes(`Vaihe ${step}/5`))) return;
  }
  await pad.hears(`Vaihe ${step}/5`);
}

/** The form's first step: a citizen who expects a child. */
export async function fillChild(pad, expert) {
  await pad.choose(/Odotan lasta/);
  await expert.page.shows('field-due-date');
  await expert.fill('due-date', '14.2.2027');
  await pad.choose(/^Montako lasta/);
  await pad.choose(/^1\b/);
  await pad.press('back');
}

/** What the expert writes of the applicant. */
export async function fillApplicant(expert) {
  await expert.step('applicant');
  for (const [path, text] of [['name', 'Aino Maria Korhonen'], ['phone', '040 123 4567'], ['home-street', 'Leipurinkatu 7'],
    ['home-postcode', '70100'], ['home-town', 'Kuopio']]) await expert.fill(path, text);
}

/** From the step about work to the last cell. */
export async function fillRest(pad, expert) {
  await expert.step('work');
  await pad.choose(/Opiskelen/);
  await expert.has('work-kind', 'student');
  await onwards(pad, 4);
  await expert.step('leave');
  await expert.page.click('row-add-periods');
  await expert.page.shows('field-periods-1-from');
  await expert.fill('periods-1-from', '1.3.2027');
  await expert.fill('periods-1-to', '31.8.2027');
  await expert.choose('periods-1-extent', 'full');
  await expert.stored();
  await onwards(pad, 5);
  await types(pad, 'Tilinumero', 'FI2112345600000785');
  await pad.choose(/Kyllä/);
  await expert.stored();
}

/** Cells of the parental allowance that a citizen alone writes; the expert writes all others. In the form's first step when it is called. */
export async function fillAllowance(pad, expert) {
  await fillChild(pad, expert);
  await onwards(pad, 2);
  await fillApplicant(expert);
  await types(pad, 'Henkilötunnus', '131052-308T');
  await onwards(pad, 3);
  await fillRest(pad, expert);
}
