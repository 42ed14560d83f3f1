// What is sent, computed anew from what a page holds: firmware/forms/FORMAT.md read a second time.
const nfc = (value) => {
  if (typeof value === 'string') return value.normalize('NFC');
  if (Array.isArray(value)) return value.map(nfc);
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(Object.keys(value).map((key) => [key, nfc(value[key])]));
};

/** RFC 8785: members in the order of their UTF-16 units, as sort() has it. */
export function jcs(value) {
  if (Array.isArray(value)) return `[${value.map(jcs).join(',')}]`;
  if (value === null || typeof value !== 'object') return JSON.stringify(value);
  return `{${Object.keys(value).sort().map((key) => `${JSON.stringify(key)}:${jcs(value[key])}`).join(',')}}`;
}

const trimmed = (s) => s.replace(/\r\n?/g, '\n').replace(/^[\s]+|[\s]+$/g, '');
const compact = (s) => s.replace(/[ -]/g, '');
const MONTHS = ['January', 'February', 'March', 'April', 'May', 'June', 'July', 'August', 'September', 'October', 'November', 'December'];

/** The canonical value of what fits, and how it reads in English. */
const kinds = {
  text: (s) => [trimmed(s), trimmed(s)],
  lines: (s) => [trimmed(s), trimmed(s)],
  email: (s) => [trimmed(s), trimmed(s)],
  phone: (s) => [compact(s), compact(s)],
  iban: (s) => [compact(s).toUpperCase(), compact(s).toUpperCase().replace(/(....)(?=.)/g, '$1 ')],
  'person-id': (s) => [s.toUpperCase(), s.toUpperCase()],
  postcode: (s) => [s, s],
  number: (s, field) => {
    const plain = s.replace(/[\s]/g, '').replace(',', '.');
    const [whole, part = ''] = String(Number(plain)).split('.');
    const grouped = whole.replace(/\B(?=(\d{3})+$)/g, '\u00a0');
    return [String(Number(plain)), part ? `${grouped}.${part.padEnd(field.decimals ?? 0, '0')}` : grouped];
  },
  date: (s) => {
    const [d, m, y] = s.includes('.') ? s.split('.').map(Number) : s.split('-').map(Number).reverse();
    const two = (n) => String(n).padStart(2, '0');
    return [`${y}-${two(m)}-${two(d)}`, `${d} ${MONTHS[m - 1]} ${y}`];
  },
};

function plain(field, value, say) {
  if (field.type === 'yesno') return value === '' ? [null, ''] : [value === 'yes', value === 'yes' ? 'Yes' : 'No'];
  if (field.type === 'choices' || field.type === 'choice') {
    const ids = value === '' ? [] : value.split(' ');
    const shown = ids.map((id) => say(field.options.find((o) => o.id === id).label)).join('\n');
    return [field.type === 'choice' ? value : ids, shown];
  }
  if (field.type === 'signature') return [{ by: 'citizen' }, 'Approved at the service kiosk'];
  if (field.type === 'attachment') return [[], ''];
  return value === '' ? ['', ''] : kinds[field.type](value, field);
}

function together(marks) {
  const some = marks.filter((by) => by);
  return some.length === 0 ? '' : some.every((by) => by === some[0]) ? some[0] : 'both';
}

/** `values`: the document's `f` as JSON; `state`: the kiosk's; `rest`: members that only the kiosk knows. */
export function canonical(definition, values, state, rest) {
  const say = (text) => text.en;
  const hidden = new Set(state.hidden);
  const whole = (field, map, path) => {
    const label = say(field.label);
    const { id, type } = field;
    const at = (name) => String(map[name] ?? '');
    if (type === 'address') {
      const parts = ['street', 'postcode', 'town'];
      if (hidden.has(`${path}-street`)) return { id, type, label, applies: false };
      const [street, postcode, town] = parts.map((part) => trimmed(at(`${id}-${part}`)));
      const shown = [street, [postcode, town].filter(Boolean).join(' ')].filter(Boolean).join('\n');
      return { id, type, label, value: { street, postcode, town }, shown, by: together(parts.map((p) => state.by[`${path}-${p}`])) };
    }
    if (hidden.has(path)) return { id, type, label, applies: false };
    const [value, shown] = plain(field, at(id), say);
    return { id, type, label, value, shown, by: type === 'signature' ? 'citizen' : state.by[path] ?? '' };
  };
  const rows = (field) => ({
    id: field.id, type: 'rows', label: say(field.label), by: '',
    rows: values[field.id].map((row) => field.fields.map((cell) => whole(cell, row, `${field.id}-${row._id}-${cell.id}`))),
  });
  const sections = definition.sections.map((section) => ({
    id: section.id,
    title: say(section.title),
    fields: section.fields.filter((f) => f.type !== 'info').map((f) => (f.type === 'rows' ? rows(f) : whole(f, values, f.id))),
  }));
  return jcs(nfc({ v: 1, lang: 'en', title: say(definition.title), sections, ...rest }));
}
