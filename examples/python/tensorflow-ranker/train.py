"""Trains a Keras ranker on what people were shown, and writes it as two bundles: as a graph model of TensorFlow.js, and as a SavedModel.

    python train.py <tables> <folder> [<data set id>]

<tables> is a folder that `serendip dataset export <id> --point-in-time --out <tables>` has written; <folder>/graph and <folder>/saved are made.
"""
import json
import os
import pathlib
import shutil
import subprocess
import sys

os.environ.setdefault('TF_CPP_MIN_LOG_LEVEL', '3')
import keras  # noqa: E402
import numpy as np  # noqa: E402
import tensorflow as tf  # noqa: E402

from graph_model import write_graph_model  # noqa: E402

# The project that `serendip model init` writes reads the slates.
sys.path.insert(0, str(pathlib.Path(__file__).parents[3] / 'apps/cli/assets/ranker-project'))
from slates import read_slates  # noqa: E402

NAME = 'tensorflow-ranker'
HIDDEN = (64, 32)
EPOCHS, BATCH = 15, 32
# Values further from the mean than so many standard deviations say no more.
FURTHEST = 5


def padded(slates):
    """Slates beside each other: features [slates, rows, features], what came of it [slates, rows] and whether there is a row [slates, rows]."""
    shape = (len(slates.sizes), slates.sizes.max())
    features, labels, there = np.zeros((*shape, len(slates.names)), np.float32), np.zeros(shape, np.float32), np.zeros(shape, np.float32)
    starts = np.cumsum(slates.sizes) - slates.sizes
    for slate, (start, size) in enumerate(zip(starts, slates.sizes)):
        features[slate, :size], labels[slate, :size], there[slate, :size] = slates.features[start:start + size], slates.labels[start:start + size], 1
    return features, labels, there


def network(rows):
    """Scores of rows of features. Normalisation has the moments of what was learned from, so that a row's score is its own."""
    inputs = keras.Input((rows.shape[1],), name='features')
    scale = keras.layers.Normalization(mean=rows.mean(0), variance=np.maximum(rows.var(0), 1e-6))
    value = keras.ops.clip(scale(inputs), -FURTHEST, FURTHEST)
    for width in HIDDEN:
        value = keras.layers.Dropout(0.1)(keras.layers.Dense(width, activation='relu')(value))
    return keras.Model(inputs, keras.layers.Dense(1)(value))


def learn(model, features, labels, there):
    """The softmax of a slate's scores learns where its worth lies."""
    optimizer = keras.optimizers.AdamW(2e-3)
    slates = tf.data.Dataset.from_tensor_slices((features, labels, there)).shuffle(4096, seed=1).batch(BATCH)

    @tf.function(reduce_retracing=True)
    def step(x, y, present):
        with tf.GradientTape() as tape:
            scores = tf.reshape(model(tf.reshape(x, [-1, x.shape[-1]]), training=True), tf.shape(y)) - 1e9 * (1 - present)
            loss = tf.reduce_mean(tf.nn.softmax_cross_entropy_with_logits(y / tf.reduce_sum(y, 1, keepdims=True), scores))
        optimizer.apply_gradients(zip(tape.gradient(loss, model.trainable_variables), model.trainable_variables))
        return loss

    for _ in range(EPOCHS):
        losses = [float(step(*batch)) for batch in slates]
    return float(np.mean(losses))


def write_bundle(folder, description, rows, scores, means):
    np.save(folder / 'feature_means.npy', means)
    (folder / 'golden.jsonl').write_text(json.dumps({'inputs': {'features': rows.tolist()}, 'outputs': {'scores': scores.tolist()}}) + '\n')
    # JSON is YAML.
    (folder / 'model.yaml').write_text(json.dumps(description, indent=2) + '\n')


def revision():
    git = subprocess.run(['git', 'rev-parse', '--short', 'HEAD'], cwd=pathlib.Path(__file__).parent, capture_output=True, text=True)
    return git.stdout.strip() or 'unknown'


def main(tables, folder, dataset):
    keras.utils.set_random_seed(1)
    slates = read_slates(tables)
    names = slates.names
    first, later = slates.part(0, 0.8).with_outcome, slates.part(0.8, 1).with_outcome
    model = network(first.features)
    learn(model, *padded(first))
    scores = lambda rows: model.predict(rows, verbose=0)
    metrics = {'ndcg@10': later.ndcg(scores(later.features)[:, 0]), 'served.ndcg@10': later.ndcg(-later.places.astype(float)), 'slates': len(slates.sizes)}
    rows = first.features[np.linspace(0, len(first.features) - 1, 16).astype(int)]

    signature = [tf.TensorSpec([None, len(names)], tf.float32, name='features')]
    serve = tf.function(lambda features: {'scores': model(features, training=False)}, input_signature=signature)
    description = {
        'name': NAME, 'kind': 'ranker', 'format': 'tensorflow', 'features': names, 'heads': [{'name': 'engage', 'weight': 1}],
        'signature': {
            'inputs': [{'name': 'features', 'dtype': 'float32', 'shape': ['rows', len(names)]}],
            'outputs': [{'name': 'scores', 'dtype': 'float32', 'shape': ['rows', 1]}],
        },
        'dataset': dataset, 'metrics': metrics, 'lineage': {'code': revision()},
    }
    for kind in ('graph', 'saved'):
        shutil.rmtree(folder / kind, ignore_errors=True)
        (folder / kind).mkdir(parents=True)
        write_bundle(folder / kind, {**description, 'tags': ['tensorflow', kind]}, rows, scores(rows), first.features.mean(0))
    write_graph_model(serve.get_concrete_function(), ['scores'], folder / 'graph')
    archive = keras.export.ExportArchive()
    archive.track(model)
    archive.add_endpoint('serving_default', serve.python_function, input_signature=signature)
    archive.write_out(str(folder / 'model'), verbose=False)
    # A bundle has no folders: the variables lie beside the graph.
    for file in (folder / 'model/saved_model.pb', *(folder / 'model/variables').iterdir()):
        shutil.move(file, folder / 'saved' / file.name)
    shutil.rmtree(folder / 'model')
    print(f"{len(slates.sizes)} slates, {len(slates.features)} rows, {len(names)} features. NDCG@10 of the last fifth: {metrics['ndcg@10']:.4f}, as it was served {metrics['served.ndcg@10']:.4f}.")


if __name__ == '__main__':
    if len(sys.argv) < 3:
        sys.exit(__doc__)
    main(pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2]), sys.argv[3] if len(sys.argv) > 3 else pathlib.Path(sys.argv[1]).name)
