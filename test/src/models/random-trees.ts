import { normal, type RandomSource } from '../../../src/math/random.ts';
import { addLeaf, emptyTree, splitLeaf, type Tree } from '../../../src/models/tree.ts';

/** Rows of `columns` rounded normal numbers, so that values repeat, a share of them missing. */
export function randomRows(n: number, columns: number, missing: number, random: RandomSource): Float64Array {
  return Float64Array.from({ length: n * columns }, () =>
    random() < missing ? Number.NaN : Math.round(normal(random) * 4) / 4,
  );
}

/** A tree of random questions up to `depth`, columns coming again on the way; covers add up. */
export function randomTree(columns: number, depth: number, random: RandomSource): Tree {
  const tree = emptyTree();
  const grow = (cover: number, left: number): number => {
    const node = addLeaf(tree, normal(random), cover);
    if (left === 0 || cover < 2 || (left < depth && random() < 0.15)) return node;
    splitLeaf(tree, node, {
      feature: Math.floor(random() * columns),
      threshold: normal(random),
      missingLeft: random() < 0.5,
    });
    const share = 1 + Math.floor(random() * (cover - 1));
    tree.left[node] = grow(share, left - 1);
    tree.right[node] = grow(cover - share, left - 1);
    return node;
  };
  grow(200, depth);
  return tree;
}
