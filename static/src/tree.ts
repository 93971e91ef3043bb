// The Merkle tree of RFC 6962 and C2SP signed notes, by the browser's own cryptography (WebCrypto).
// Written apart from the server's code, so that a fault in one shows against the other.

export type Bytes = Uint8Array<ArrayBuffer>;

export interface Note {
  text: Bytes; // what the signatures are over
  origin: string;
  size: number;
  root: Bytes;
  signatures: { name: string; raw: Bytes }[];
}

export interface Key {
  name: string;
  id: Bytes; // four bytes that bind name and key
  public: Bytes;
}

const ED25519 = 1;

export async function sha256(...parts: Bytes[]): Promise<Bytes> {
  return new Uint8Array(await crypto.subtle.digest("SHA-256", join(...parts)));
}

export const leafHash = (entry: Bytes): Promise<Bytes> => sha256(Uint8Array.of(0), entry);

/** The root over hashes of one level: neighbours are joined, and the last one without a neighbour goes up as it is. */
export async function rootOf(hashes: Bytes[]): Promise<Bytes> {
  if (!hashes.length) return sha256();
  let level = hashes;
  while (level.length > 1) level = await Promise.all(pairs(level));
  return level[0] as Bytes;
}

function pairs(level: Bytes[]): (Promise<Bytes> | Bytes)[] {
  const above = [];
  for (let place = 0; place < level.length; place += 2) {
    const [left, right] = [level[place] as Bytes, level[place + 1]];
    above.push(right ? sha256(Uint8Array.of(1), left, right) : left);
  }
  return above;
}

/** Throws for what is no checkpoint in a signed note. */
export function readNote(raw: string): Note {
  const end = raw.lastIndexOf("\n\n");
  const [origin, size, root] = raw.slice(0, end).split("\n");
  if (end < 0 || !origin || !root || !/^[1-9][0-9]{0,15}$/.test(size ?? "")) throw new Error("no checkpoint");
  const lines = raw.slice(end + 2).split("\n");
  const signatures = lines.flatMap((line) => {
    const found = /^— (\S+) ([A-Za-z0-9+/]+={0,2})$/.exec(line);
    return found ? [{ name: found[1] as string, raw: decode64(found[2] as string) }] : [];
  });
  const text = new TextEncoder().encode(raw.slice(0, end + 1));
  return { text, origin, size: Number(size), root: decode64(root), signatures };
}

/** A key in Go's form, name+hash+base64. Throws for what is none, also where the hash does not fit name and key. */
export async function readKey(text: string): Promise<Key> {
  const found = /^([^\s+]+)\+([0-9a-f]{8})\+(.+)$/.exec(text.trim());
  if (!found) throw new Error("no key");
  const [name, shown, raw] = [found[1] as string, found[2], decode64(found[3] as string)];
  const id = (await sha256(new TextEncoder().encode(`${name}\n`), raw)).slice(0, 4);
  if (raw[0] !== ED25519 || raw.length !== 33 || hex(id) !== shown) throw new Error("no key");
  return { name, id, public: raw.slice(1) };
}

/** Whether this key has signed the note; undefined where the browser can not check Ed25519. */
export async function isSigned(note: Note, key: Key): Promise<boolean | undefined> {
  let imported: CryptoKey;
  try {
    imported = await crypto.subtle.importKey("raw", key.public, "Ed25519", false, ["verify"]);
  } catch (error) {
    if ((error as Error).name === "NotSupportedError") return undefined;
    throw error;
  }
  const own = note.signatures.find(({ name, raw }) => name === key.name && same(raw.slice(0, 4), key.id));
  return !!own && crypto.subtle.verify("Ed25519", imported, own.raw.slice(4), note.text);
}

export function same(one: Bytes, other: Bytes): boolean {
  return one.length === other.length && one.every((byte, place) => byte === other[place]);
}

export function hex(bytes: Bytes): string {
  return [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** The lines of a file that ends each with a newline, without it. */
export function lines(raw: Bytes): Bytes[] {
  const found = [];
  for (let begin = 0, end = raw.indexOf(10); end >= 0; begin = end + 1, end = raw.indexOf(10, begin)) {
    found.push(raw.subarray(begin, end));
  }
  return found;
}

function decode64(text: string): Bytes {
  return Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
}

function join(...parts: Bytes[]): Bytes {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let place = 0;
  for (const part of parts) {
    whole.set(part, place);
    place += part.length;
  }
  return whole;
}
