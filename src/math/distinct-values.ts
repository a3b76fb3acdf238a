/** The values that differ from one another, in the order in which they are first met; `values[i]` is `distinct[group[i]]`. */
export function distinctValues(values: Float64Array): { readonly distinct: Float64Array; readonly group: Int32Array } {
  const places = new Map<number, number>();
  const group = new Int32Array(values.length);
  for (let i = 0; i < values.length; i++) {
    const known = places.get(values[i]!);
    group[i] = known ?? places.size;
    if (known === undefined) places.set(values[i]!, places.size);
  }
  return { distinct: Float64Array.from(places.keys()), group };
}
