"""An item encoder as a bundle: model.yaml, model.onnx and golden.jsonl."""
import json
import subprocess

import onnx

GOLDEN_ITEMS = 16
FIELDS = ('title', 'categories', 'tags', 'price', 'attributes')


def write_bundle(folder, name, model, retriever, features, golden, **said):
    """
    Writes it into a folder. `model` is an ONNX graph with `features` in and `vectors` out; `golden` are items with their rows and the vectors that they should have;
    `said` goes into model.yaml.
    """
    items, rows, vectors = golden
    onnx.save(model, folder / 'model.onnx')
    (folder / 'golden.jsonl').write_text(json.dumps({
        'items': [{field: item[field] for field in FIELDS if field in item} for item in items], 'inputs': {'features': rows.tolist()}, 'outputs': {'vectors': vectors.tolist()},
    }) + '\n')
    # JSON is YAML.
    (folder / 'model.yaml').write_text(json.dumps({
        'name': name, 'kind': 'item-encoder', 'format': 'onnx', 'features': features, 'retriever': {'name': retriever.name, 'digest': retriever.digest},
        'signature': {
            'inputs': [{'name': 'features', 'dtype': 'float32', 'shape': ['rows', rows.shape[1]]}],
            'outputs': [{'name': 'vectors', 'dtype': 'float32', 'shape': ['rows', vectors.shape[1]]}],
        },
        'lineage': {'code': revision(folder)}, **said,
    }, indent=2) + '\n')


def revision(folder):
    git = subprocess.run(['git', 'rev-parse', '--short', 'HEAD'], cwd=folder, capture_output=True, text=True)
    return git.stdout.strip() or 'unknown'
