"""Trains a LightGBM ranker on what people were shown, and writes it as a bundle beside this file.

    python train.py <tables> [<data set id>]

<tables> is a folder that `serendip dataset export <id> --point-in-time --out <tables>` has written.
"""
import json
import pathlib
import re
import subprocess
import sys

import lightgbm
import numpy as np
import onnx
import pyarrow.dataset
from onnxmltools import convert_lightgbm
from onnxmltools.convert.common.data_types import FloatTensorType

NAME = '{{name}}'
# What an outcome is worth; an item that nothing came of is worth 0.
WORTH = {'click': 1, 'like': 2, 'rating': 2, 'add_to_cart': 3, 'purchase': 4}
# Computed from a table that only the built-in ranker brings along.
LEFT_OUT = {'taste_score'}
FOLDER = pathlib.Path(__file__).parent


def slates(tables):
    """Features, labels and sizes of slates in order of time; slates without features or without any outcome teach nothing."""
    table = pyarrow.dataset.dataset(tables / 'examples', format='parquet').to_table()
    if 'feature_retrieval_score' not in table.column_names:
        sys.exit('✗ No slate was logged with features: raise logShare of the placement, and collect.')
    table = table.filter(pyarrow.compute.is_valid(table['feature_retrieval_score']))
    table = table.sort_by([('served_at', 'ascending'), ('recommendation_id', 'ascending')])
    names = [column.removeprefix('feature_') for column in table.column_names if column.startswith('feature_')]
    names = [name for name in names if name not in LEFT_OUT]
    x = np.column_stack([table[f'feature_{name}'].to_numpy(zero_copy_only=False) for name in names]).astype(np.float32)
    y = np.zeros(len(x), dtype=np.int32)
    for outcome, worth in WORTH.items():
        if f'outcome_{outcome}' in table.column_names:
            y = np.maximum(y, np.where(table[f'outcome_{outcome}'].to_numpy(zero_copy_only=False) > 0, worth, 0).astype(np.int32))
    _, first, sizes = np.unique(np.asarray(table['recommendation_id']), return_index=True, return_counts=True)
    order = np.argsort(first)
    kept = [(start, size) for start, size in zip(first[order], sizes[order]) if y[start:start + size].max() > 0 and size > 1]
    if len(kept) < 20:
        sys.exit(f'✗ Only {len(kept)} slates have features and an outcome: collect more, or raise logShare of the placement.')
    rows = np.concatenate([np.arange(start, start + size) for start, size in kept])
    return names, np.nan_to_num(x[rows]), y[rows], np.array([size for _, size in kept])


def ndcg(scores, labels, sizes, k=10):
    """NDCG@k of slates ordered by score; for how they were served, pass falling numbers."""
    values, at = [], 0
    for size in sizes:
        gains = 2.0 ** labels[at:at + size] - 1
        discounts = 1 / np.log2(np.arange(2, size + 2))[:k]
        best = np.sort(gains)[::-1][:k]
        values.append((gains[np.argsort(-scores[at:at + size], kind='stable')][:k] * discounts[:len(best)]).sum() / (best * discounts[:len(best)]).sum())
        at += size
    return float(np.mean(values))


def exact_in_float32(booster):
    """The same trees with thresholds that float32 holds: rounded down, so that no float32 value comes out on the other side of one in ONNX."""
    def down(line):
        exact = np.array(line[1].split(), dtype=np.float64)
        near = exact.astype(np.float32)
        return 'threshold=' + ' '.join(repr(float(value)) for value in np.where(near > exact, np.nextafter(near, np.float32(-np.inf)), near))
    text = re.sub(r'^tree_sizes=.*\n', '', booster.model_to_string(), flags=re.M)
    return lightgbm.Booster(model_str=re.sub(r'^threshold=(.*)$', down, text, flags=re.M))


def to_onnx(booster, width):
    """The trees with the names that a ranker has: features in, scores out."""
    model = convert_lightgbm(booster, initial_types=[('features', FloatTensorType([None, width]))], target_opset=15)
    output = model.graph.output[0]
    for node in model.graph.node:
        node.output[:] = ['scores' if name == output.name else name for name in node.output]
    model.graph.output[0].CopyFrom(onnx.helper.make_tensor_value_info('scores', onnx.TensorProto.FLOAT, ['rows', 1]))
    model.graph.input[0].CopyFrom(onnx.helper.make_tensor_value_info('features', onnx.TensorProto.FLOAT, ['rows', width]))
    model.ir_version = 8
    return model


def revision():
    git = subprocess.run(['git', 'rev-parse', '--short', 'HEAD'], cwd=FOLDER, capture_output=True, text=True)
    return git.stdout.strip() or 'unknown'


def main(tables, dataset):
    names, x, y, sizes = slates(pathlib.Path(tables))
    learned = int(len(sizes) * 0.8)
    split = int(sizes[:learned].sum())
    booster = exact_in_float32(lightgbm.train(
        {'objective': 'lambdarank', 'learning_rate': 0.05, 'num_leaves': 15, 'min_data_in_leaf': 50, 'lambdarank_truncation_level': 10, 'verbose': -1, 'seed': 1, 'deterministic': True, 'num_threads': 1},
        lightgbm.Dataset(x[:split], y[:split], group=sizes[:learned]), num_boost_round=120,
    ))
    later = slice(split, None)
    metrics = {
        'ndcg@10': ndcg(booster.predict(x[later]), y[later], sizes[learned:]),
        'served.ndcg@10': ndcg(-np.arange(len(y[later]), dtype=float), y[later], sizes[learned:]),
        'slates': len(sizes),
    }
    onnx.save(to_onnx(booster, len(names)), FOLDER / 'model.onnx')
    np.save(FOLDER / 'feature_means.npy', x[:split].mean(axis=0).astype(np.float32))
    rows = x[np.linspace(0, len(x) - 1, 16).astype(int)]
    golden = {'inputs': {'features': rows.tolist()}, 'outputs': {'scores': booster.predict(rows).reshape(-1, 1).tolist()}}
    (FOLDER / 'golden.jsonl').write_text(json.dumps(golden) + '\n')
    # JSON is YAML.
    (FOLDER / 'model.yaml').write_text(json.dumps({
        'name': NAME, 'kind': 'ranker', 'format': 'onnx', 'features': names, 'heads': [{'name': 'engage', 'weight': 1}],
        'signature': {
            'inputs': [{'name': 'features', 'dtype': 'float32', 'shape': ['rows', len(names)]}],
            'outputs': [{'name': 'scores', 'dtype': 'float32', 'shape': ['rows', 1]}],
        },
        'dataset': dataset, 'metrics': metrics, 'lineage': {'code': revision()}, 'tags': ['lightgbm'],
    }, indent=2) + '\n')
    print(f"{len(sizes)} slates, {len(x)} rows, {len(names)} features. NDCG@10 of the last fifth: {metrics['ndcg@10']:.4f}, as it was served {metrics['served.ndcg@10']:.4f}.")


if __name__ == '__main__':
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    main(sys.argv[1], sys.argv[2] if len(sys.argv) > 2 else pathlib.Path(sys.argv[1]).name)
