// What this browser remembers of its reader's choices; storage may be switched off, then nothing is kept.

export function kept(key: string): string | null {
  try {
    return localStorage.getItem(key);
  } catch {
    return null;
  }
}

export function keep(key: string, value: string): void {
  try {
    localStorage.setItem(key, value);
  } catch {
    // for this page only
  }
}
