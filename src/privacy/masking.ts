/** A contact's name where it may not be read: its first letter, and the id that keeps two contacts apart: `B••• 12347`. */
export function maskedName(name: string, id: string): string {
  const [first = ''] = [...name.trim()];
  return `${first}••• ${id}`;
}

/** An e-mail as it is shown to anybody: `b•••@example.com`. */
export function maskedEmail(email: string): string {
  const at = email.lastIndexOf('@');
  const [first = ''] = [...email.trim()];
  return at > 0 ? `${first}•••${email.slice(at)}` : '•••';
}
