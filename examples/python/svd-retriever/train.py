"""Trains a retriever without a neural network, and writes it as a bundle of tables beside this file.

    python train.py <tables> [<data set id>]

<tables> is a folder that `serendip dataset export <id> --point-in-time --out <tables>` has written. Items that the same people have done something
with are made alike (a truncated singular value decomposition of their normalised co-occurrence); a person is the decayed sum of the newest items.
"""
import json
import pathlib
import sys

import numpy as np
import pyarrow.dataset
import scipy.sparse
import scipy.sparse.linalg

NAME = 'svd-retriever'
DIMENSION = 32
LAGS = 20
DECAY = 0.85
# How much popularity counts beside likeness.
POPULARITY = 0.05
IGNORED = {'impression', 'search', 'dislike', 'hide'}
FOLDER = pathlib.Path(__file__).parent


def interactions(tables):
    """People and items as numbers, and the items' ids."""
    table = pyarrow.dataset.dataset(tables / 'interactions', format='parquet').to_table(columns=['user_id', 'anonymous_id', 'item_id', 'type'])
    rows = [(user or anonymous, item) for user, anonymous, item, kind in zip(*(table[name].to_pylist() for name in table.column_names)) if kind not in IGNORED]
    people, person = np.unique([who for who, _ in rows], return_inverse=True)
    items, item = np.unique([what for _, what in rows], return_inverse=True)
    return scipy.sparse.csr_matrix((np.ones(len(rows), dtype=np.float32), (person, item)), shape=(len(people), len(items))), items.tolist()


def vectors(seen):
    """A vector of length 1 for each item; who has done much says less about each."""
    seen = seen.minimum(1)
    weighted = scipy.sparse.diags(1 / np.sqrt(np.maximum(1, seen.sum(axis=1).A1))) @ seen @ scipy.sparse.diags(1 / np.sqrt(np.maximum(1, seen.sum(axis=0).A1)))
    _, strength, right = scipy.sparse.linalg.svds(weighted.astype(np.float64), k=min(DIMENSION, min(seen.shape) - 1), random_state=1)
    items = right.T * strength
    return (items / np.maximum(1e-9, np.linalg.norm(items, axis=1, keepdims=True))).astype(np.float32)


def main(tables, dataset):
    seen, ids = interactions(pathlib.Path(tables))
    items = vectors(seen)
    dimension = items.shape[1]
    popularity = np.log1p(seen.sum(axis=0).A1)
    files = {
        'item_in': items, 'item_out': items, 'bias': POPULARITY * popularity,
        'lag_weights': np.repeat(DECAY ** np.arange(LAGS)[:, None], dimension, axis=1),
        # The encoder's layers add nothing.
        'w1': np.zeros((1, dimension)), 'b1': np.zeros(1), 'w2': np.zeros((dimension, 1)),
    }
    for name, values in files.items():
        np.save(FOLDER / f'{name}.npy', np.ascontiguousarray(values, dtype=np.float32))
    (FOLDER / 'items.txt').write_text('\n'.join(ids))
    (FOLDER / 'model.yaml').write_text(json.dumps({
        'name': NAME, 'kind': 'retriever', 'format': 'table', 'encoder': 'lag-filter', 'parameters': {'d': dimension, 'L': LAGS}, 'dataset': dataset,
        'metrics': {'items': len(ids), 'people': seen.shape[0]}, 'tags': ['svd'],
    }, indent=2) + '\n')
    print(f'{len(ids)} items, {seen.shape[0]} people, {dimension} dimensions.')


if __name__ == '__main__':
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    main(sys.argv[1], sys.argv[2] if len(sys.argv) > 2 else pathlib.Path(sys.argv[1]).name)
