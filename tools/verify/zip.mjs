// The entries of a ZIP file in which nothing can hide: entries one behind the other from the first byte, all stored,
// no extra fields, no comments, no data descriptors, and both headers of an entry the same.
import { crc32 } from 'node:zlib';
import { check } from './check.mjs';

const LOCAL = 0x04034b50;
const CENTRAL = 0x02014b50;
const END = 0x06054b50;
const END_LEN = 22;
const ENTRIES_MAX = 64;
const NEEDED = 20;

/** Little-endian numbers at `at`, of the sizes given. */
function numbers(bytes, at, ...sizes) {
  check(at + sizes.reduce((a, b) => a + b) <= bytes.length, 'the container is cut off');
  return sizes.map((size) => {
    at += size;
    return bytes.readUIntLE(at - size, size);
  });
}

function readEnd(bytes) {
  check(bytes.length >= END_LEN, 'the container is cut off');
  const [mark, disk, start, here, all, len, offset, comment] = numbers(bytes, bytes.length - END_LEN, 4, 2, 2, 2, 2, 4, 4, 2);
  check(mark === END && comment === 0, 'the container does not end with its directory');
  check(disk === 0 && start === 0 && here === all && all > 0 && all <= ENTRIES_MAX, 'the directory is malformed');
  check(offset + len === bytes.length - END_LEN, 'there is something between the directory and the end');
  return { count: all, offset };
}

function readName(bytes, at, len) {
  const name = bytes.subarray(at, at + len).toString('latin1');
  check(/^[A-Za-z0-9./-]{1,64}$/.test(name), 'an entry has a name that is not allowed');
  return name;
}

function readCentral(bytes, at) {
  const [mark, madeBy, needed, flags, method, time, date, crc, packed, len, nameLen, extra, comment, disk, inner, outer, local] =
    numbers(bytes, at, 4, 2, 2, 2, 2, 2, 2, 4, 4, 4, 2, 2, 2, 2, 2, 4, 4);
  check(mark === CENTRAL, 'the directory is malformed');
  const name = readName(bytes, at + 46, nameLen);
  check(method === 0 && packed === len, `${name} is compressed: entries are stored`);
  check([madeBy, flags, extra, comment, disk, inner, outer].every((n) => n === 0) && needed === NEEDED,
    `${name} has fields in the directory that nothing needs`);
  return { name, time, date, crc, len, local, next: at + 46 + nameLen };
}

/** The entry's bytes; checks that its own header says what the directory says. */
function readLocal(bytes, entry) {
  const at = entry.local;
  const [mark, needed, flags, method, time, date, crc, packed, len, nameLen, extra] =
    numbers(bytes, at, 4, 2, 2, 2, 2, 2, 4, 4, 4, 2, 2);
  const same = mark === LOCAL && needed === NEEDED && flags === 0 && method === 0 && extra === 0 && time === entry.time &&
    date === entry.date && crc === entry.crc && packed === entry.len && len === entry.len && nameLen === entry.name.length;
  check(same && readName(bytes, at + 30, nameLen) === entry.name, `${entry.name}: its two headers differ`);
  const start = at + 30 + nameLen;
  check(start + len <= bytes.length, 'the container is cut off');
  const data = bytes.subarray(start, start + len);
  check(crc32(data) === crc, `${entry.name}: its checksum does not fit`);
  return { data, next: start + len };
}

/** [{name, data, stamp}] in the order of the file; `stamp` is the DOS date and time. */
export function readZip(bytes) {
  const { count, offset } = readEnd(bytes);
  const entries = [];
  let central = offset;
  let local = 0;
  for (let i = 0; i < count; i++) {
    const entry = readCentral(bytes, central);
    check(entry.local === local, 'there is something between the entries');
    const { data, next } = readLocal(bytes, entry);
    check(!entries.some((e) => e.name.toLowerCase() === entry.name.toLowerCase()), `${entry.name} is there twice`);
    entries.push({ name: entry.name, data, stamp: entry.date * 65536 + entry.time });
    central = entry.next;
    local = next;
  }
  check(local === offset, 'there is something between the entries and the directory');
  check(central === bytes.length - END_LEN, 'there is something behind the directory');
  return entries;
}
