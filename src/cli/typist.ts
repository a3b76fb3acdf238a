import { userInfo } from 'node:os';

/** Who types at this terminal, as the operating system calls them; a user without a name by number. */
export function typist(): string {
  try {
    return userInfo().username;
  } catch {
    return `user ${process.getuid?.() ?? 'unknown'}`;
  }
}
