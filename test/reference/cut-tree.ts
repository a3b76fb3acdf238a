import type { Dendrogram } from '../../src/models/agglomerative.ts';

/** Cluster of each row when the tree is cut into `k`: 0 … k − 1 in the order of their first row. */
export function cutTree(tree: Dendrogram, k: number): Int32Array {
  const { rows: n, merges } = tree;
  const parent = Int32Array.from({ length: 2 * n - 1 }, (_, i) => i);
  for (let i = 0; i < n - k; i++) {
    for (const child of merges[i]!) parent[child] = n + i;
  }
  const names = new Map<number, number>();
  return Int32Array.from({ length: n }, (_, row) => {
    let root = row;
    while (parent[root] !== root) root = parent[root]!;
    const label = names.get(root) ?? names.size;
    names.set(root, label);
    return label;
  });
}
