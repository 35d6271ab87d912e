"""Learns which vector a retriever gives an item from what the catalogue says of the item, and writes that as a bundle beside this file.

    SERENDIP_KEY=sk_… python train.py [<retriever>]

<retriever> is a version or an alias, `retriever@champion` by default; the gateway is SERENDIP_GATEWAY, http://127.0.0.1:8080 by default. A fifth of the items that
the retriever knows says how well it works for items that it has not seen; then it learns from all of them.
"""
import collections
import pathlib
import sys

import numpy as np
import onnx

from bundle import GOLDEN_ITEMS, write_bundle
from gateway import read_items, read_retriever
from inputs import inputs_of

NAME = '{{name}}'
FOLDER = pathlib.Path(__file__).parent
PENALTIES = [1, 3, 10, 30, 100]
MOST_ITEMS, MOST_JUDGES, LIKED = 30_000, 1000, 5


def features_of(items):
    """Words of the title, categories, tags, the price, and each attribute that one item in fifty has."""
    values = collections.defaultdict(list)
    for item in items:
        for name, value in item.get('attributes', {}).items():
            values[name].append(value)
    common = {name: found for name, found in values.items() if len(found) * 50 >= len(items) and '#' not in name}
    is_number = {name: all(isinstance(value, (bool, int, float)) for value in found) for name, found in common.items()}
    return ['words:title#1024', 'categories#512', 'tags#1024', 'price', *(f'item.{name}' if is_number[name] else f'item.{name}#1024' for name in common)]


class Encoder:
    """A linear map from rows to vectors (ridge regression)."""

    def __init__(self, rows, vectors, penalty):
        used = rows.any(axis=0)
        # Numbers that are large are no more important for it.
        scale = np.maximum(rows[:, used].std(axis=0), 1)
        scaled = rows[:, used] / scale
        centre, mean = scaled.mean(axis=0), vectors.mean(axis=0)
        scaled = scaled - centre
        weights = np.linalg.solve(scaled.T @ scaled + penalty * np.eye(scaled.shape[1]), scaled.T @ (vectors - mean))
        self.bias = (mean - centre @ weights).astype(np.float32)
        self.weights = np.zeros((rows.shape[1], vectors.shape[1]), dtype=np.float32)
        self.weights[used] = weights / scale[:, None]

    def __call__(self, rows):
        return rows @ self.weights + self.bias


def to_onnx(encoder):
    columns, dimension = encoder.weights.shape
    graph = onnx.helper.make_graph(
        [onnx.helper.make_node('MatMul', ['features', 'weights'], ['product']), onnx.helper.make_node('Add', ['product', 'bias'], ['vectors'])], NAME,
        [onnx.helper.make_tensor_value_info('features', onnx.TensorProto.FLOAT, ['rows', columns])],
        [onnx.helper.make_tensor_value_info('vectors', onnx.TensorProto.FLOAT, ['rows', dimension])],
        [onnx.numpy_helper.from_array(encoder.weights, 'weights'), onnx.numpy_helper.from_array(encoder.bias, 'bias')],
    )
    return onnx.helper.make_model(graph, opset_imports=[onnx.helper.make_opsetid('', 17)], ir_version=8)


def mrr(found, wanted, known):
    """
    Somebody likes the known items whose vectors are most like that of an item that was left out: how far up they find it among all that were left out, by the vectors
    found for these (mean reciprocal rank).
    """
    reciprocals = []
    for item in range(min(len(wanted), MOST_JUDGES)):
        likings = known @ wanted[item]
        scores = found @ known[np.argpartition(-likings, LIKED)[:LIKED]].mean(axis=0)
        others = np.delete(scores, item)
        reciprocals.append(1 / (1 + (others > scores[item]).sum() + (others == scores[item]).sum() / 2))
    return float(np.mean(reciprocals))


def category_means(items, vectors, others):
    """What serving gives items without an encoder: the mean of their narrowest category."""
    known = collections.defaultdict(list)
    for item, vector in zip(items, vectors):
        for category in item.get('categories', []):
            known[category].append(vector)
    means = {category: np.mean(found, axis=0) for category, found in known.items()}
    return np.array([next((means[each] for each in reversed(item.get('categories', [])) if each in means), np.zeros(vectors.shape[1])) for item in others])


def main(reference):
    retriever = read_retriever(reference)
    row_of = {item: row for row, item in enumerate(retriever.ids)}
    items = [item for item in read_items() if item['id'] in row_of]
    random = np.random.default_rng(1)
    items = [items[i] for i in random.permutation(len(items))[:MOST_ITEMS]]
    if len(items) < 100:
        sys.exit(f'✗ {retriever.name} knows {len(items)} items of the catalogue, too few to learn from.')
    vectors = retriever.vectors[[row_of[item['id']] for item in items]]
    features = features_of(items)
    rows = inputs_of(items, features)
    part = len(items) // 5
    left_out, known = vectors[:part], vectors[part:]
    found = {penalty: mrr(Encoder(rows[part:], known, penalty)(rows[:part]), left_out, known) for penalty in PENALTIES}
    penalty = max(found, key=found.get)
    metrics = {
        'mrr': found[penalty], 'category_mean.mrr': mrr(category_means(items[part:], known, items[:part]), left_out, known), 'trained.mrr': mrr(left_out, left_out, known),
        'items': len(items),
    }
    encoder = Encoder(rows, vectors, penalty)
    golden = slice(0, GOLDEN_ITEMS)
    write_bundle(FOLDER, NAME, to_onnx(encoder), retriever, features, (items[golden], rows[golden], encoder(rows[golden])), metrics=metrics, tags=['ridge'])
    print(f"{len(items)} items of {retriever.name}, {rows.shape[1]} columns. Of items that were left out, MRR for who likes what is like them: {metrics['mrr']:.3f}, "
          f"by the mean of their category {metrics['category_mean.mrr']:.3f}, by the vectors that the retriever has learned {metrics['trained.mrr']:.3f}.")


if __name__ == '__main__':
    main(sys.argv[1] if len(sys.argv) > 1 else 'retriever@champion')
