"""A ranker as a bundle: model.yaml, model.onnx, feature_means.npy and golden.jsonl."""
import json
import subprocess

import numpy as np
import onnx

GOLDEN_ROWS = 16


def write_bundle(folder, name, model, slates, scores, **said):
    """
    Writes it into a folder. `model` is an ONNX graph with `features` in and `scores` out; `scores` scores rows as the framework that trained it does; `said` goes
    into model.yaml.
    """
    width = len(slates.names)
    onnx.save(model, folder / 'model.onnx')
    np.save(folder / 'feature_means.npy', slates.features.mean(axis=0).astype(np.float32))
    rows = slates.features[np.linspace(0, len(slates.features) - 1, GOLDEN_ROWS).astype(int)]
    golden = {'inputs': {'features': rows.tolist()}, 'outputs': {'scores': np.asarray(scores(rows)).reshape(-1, 1).tolist()}}
    (folder / 'golden.jsonl').write_text(json.dumps(golden) + '\n')
    # JSON is YAML.
    (folder / 'model.yaml').write_text(json.dumps({
        'name': name, 'kind': 'ranker', 'format': 'onnx', 'features': slates.names, 'heads': [{'name': 'engage', 'weight': 1}],
        'signature': {
            'inputs': [{'name': 'features', 'dtype': 'float32', 'shape': ['rows', width]}],
            'outputs': [{'name': 'scores', 'dtype': 'float32', 'shape': ['rows', 1]}],
        },
        'lineage': {'code': revision(folder)}, **said,
    }, indent=2) + '\n')


def revision(folder):
    git = subprocess.run(['git', 'rev-parse', '--short', 'HEAD'], cwd=folder, capture_output=True, text=True)
    return git.stdout.strip() or 'unknown'
