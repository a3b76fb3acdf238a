/** An object as indented lines, nested ones below their name. */
export function facts(value: object, indent = ''): string {
  return Object.entries(value)
    .map(([name, one]: [string, unknown]) => {
      const label = `${indent}${name.replaceAll('_', ' ')}`;
      if (Array.isArray(one) && one.length === 0) return `${label}: none\n`;
      if (typeof one === 'object' && one !== null) return `${label}\n${facts(one, `${indent}  `)}`;
      return `${label}: ${typeof one === 'number' ? one.toLocaleString('en') : String(one)}\n`;
    })
    .join('');
}
