"""Slates of an exported data set: what people were shown, with features as served, and what came of it."""
import dataclasses
import sys

import numpy as np
import pyarrow.compute
import pyarrow.dataset

# What an outcome is worth; an item that nothing came of is worth 0.
WORTH = {'click': 1, 'like': 2, 'rating': 2, 'add_to_cart': 3, 'purchase': 4}
# Computed from a table that only the built-in ranker brings along.
LEFT_OUT = {'taste_score'}
LEAST = 50


@dataclasses.dataclass(frozen=True)
class Slates:
    """Slates in order of time, one row after the other: `sizes` says how many rows each has."""
    names: list          # of the features
    features: np.ndarray  # float32 [rows, features]
    labels: np.ndarray   # int32 [rows]: what came of it, 0 for nothing
    places: np.ndarray   # int32 [rows]: where it was shown, from 0
    scores: np.ndarray   # float64 [rows]: what the ranker in charge gave it
    sizes: np.ndarray    # [slates]

    def part(self, first, last):
        """Slates from one share of the time to another: 0 is the first, 1 the last."""
        one, other = (int(len(self.sizes) * share) for share in (first, last))
        return self.chosen(np.arange(len(self.sizes)) >= one, np.arange(len(self.sizes)) < other)

    @property
    def with_outcome(self):
        """Those of which something came: the others have no order to learn."""
        starts = np.cumsum(self.sizes) - self.sizes
        return self.chosen(np.maximum.reduceat(self.labels, starts) > 0)

    def chosen(self, *conditions):
        """Slates for which all conditions [slates] hold."""
        kept = np.logical_and.reduce(conditions)
        rows = np.repeat(kept, self.sizes)
        return Slates(self.names, self.features[rows], self.labels[rows], self.places[rows], self.scores[rows], self.sizes[kept])

    def ndcg(self, scores, k=10):
        """Mean NDCG@k of the slates, all with an outcome, when they are ordered by score; for how they were served, pass falling numbers."""
        values, at = [], 0
        for size in self.sizes:
            gains = 2.0 ** self.labels[at:at + size] - 1
            discounts = 1 / np.log2(np.arange(2, size + 2))[:k]
            best = np.sort(gains)[::-1][:k]
            values.append((gains[np.argsort(-scores[at:at + size], kind='stable')][:k] * discounts).sum() / (best * discounts).sum())
            at += size
        return float(np.mean(values))


def read_slates(tables):
    """Slates of <tables> that a ranker made and that were logged with features."""
    table = pyarrow.dataset.dataset(tables / 'examples', format='parquet').to_table()
    if 'feature_retrieval_score' not in table.column_names:
        sys.exit('✗ No slate was logged with features: raise logShare of the placement, and collect.')
    known = pyarrow.compute.and_(pyarrow.compute.is_valid(table['feature_retrieval_score']), pyarrow.compute.is_valid(table['ranker']))
    table = table.filter(known).sort_by([('served_at', 'ascending'), ('recommendation_id', 'ascending'), ('place', 'ascending')])
    names = [column[len('feature_'):] for column in table.column_names if column.startswith('feature_')]
    names = [name for name in names if name not in LEFT_OUT]
    column = lambda name: table[name].to_numpy()
    labels = np.zeros(len(table), dtype=np.int32)
    for outcome, worth in WORTH.items():
        if f'outcome_{outcome}' in table.column_names:
            labels = np.maximum(labels, np.where(column(f'outcome_{outcome}') > 0, worth, 0).astype(np.int32))
    # Rows of a slate stand together, so that where it changes the next one begins.
    ids = np.asarray(table['recommendation_id'])
    starts = np.flatnonzero(np.concatenate([[True], ids[1:] != ids[:-1]])) if len(ids) > 0 else np.zeros(0, dtype=int)
    features = np.nan_to_num(np.column_stack([column(f'feature_{name}') for name in names]).astype(np.float32))
    slates = Slates(names, features, labels, column('place').astype(np.int32), column('score').astype(np.float64), np.diff(np.append(starts, len(ids))))
    found = len(slates.with_outcome.sizes) if len(ids) > 0 else 0
    if found < LEAST:
        sys.exit(f'✗ Only {found} slates that a ranker made have features and an outcome, and {LEAST} are the least: rank the placement, raise its logShare, collect more.')
    return slates
