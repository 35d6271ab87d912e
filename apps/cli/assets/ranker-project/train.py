"""Trains a LightGBM ranker on what people were shown, and writes it as a bundle beside this file.

    python train.py <tables> [<data set id>]

<tables> is a folder that `serendip dataset export <id> --point-in-time --out <tables>` has written. The latest fifth of the slates judges, what comes before
it decides when to stop, and the rest is learned from.
"""
import pathlib
import re
import sys

import lightgbm
import numpy as np
import onnx
from onnxmltools import convert_lightgbm
from onnxmltools.convert.common.data_types import FloatTensorType

from bundle import write_bundle
from slates import read_slates

NAME = '{{name}}'
FOLDER = pathlib.Path(__file__).parent
TREES = {'num_threads': 1, 'seed': 1, 'deterministic': True, 'verbose': -1}
LIKE_THE_ONE_IN_CHARGE = {**TREES, 'objective': 'l2', 'learning_rate': 0.1, 'num_leaves': 31, 'min_data_in_leaf': 30}
BETTER = {
    **TREES, 'objective': 'lambdarank', 'metric': 'ndcg', 'eval_at': [10], 'lambdarank_truncation_level': 20, 'learning_rate': 0.05, 'num_leaves': 15,
    'min_data_in_leaf': 50, 'lambda_l2': 10, 'feature_fraction': 0.7,
}
FIRST_TREES, MOST_TREES, PATIENCE = 150, 200, 30


def trained(learned, decides):
    """
    First like the ranker in charge, which has learned from more than these slates: trees that give its scores. Then better: more trees, that learn from what came
    of the slates.
    """
    first = lightgbm.train(LIKE_THE_ONE_IN_CHARGE, lightgbm.Dataset(learned.features, np.log(np.maximum(learned.scores, 1e-6))), FIRST_TREES)
    lessons = outcomes(learned)
    stop = lightgbm.early_stopping(PATIENCE, verbose=False)
    return exact_in_float32(lightgbm.train(BETTER, lessons, MOST_TREES, init_model=first, valid_sets=[outcomes(decides, reference=lessons)], callbacks=[stop]))


def outcomes(slates, **more):
    """What stands further up is clicked more for standing there: LightGBM learns that beside the trees, from the places."""
    some = slates.with_outcome
    return lightgbm.Dataset(some.features, some.labels, group=some.sizes, position=some.places, **more)


def exact_in_float32(booster):
    """The same trees with thresholds that float32 holds: rounded down, so that no float32 value comes out on the other side of one in ONNX."""
    def down(line):
        exact = np.array(line[1].split(), dtype=np.float64)
        near = exact.astype(np.float32)
        return 'threshold=' + ' '.join(repr(float(value)) for value in np.where(near > exact, np.nextafter(near, np.float32(-np.inf)), near))
    text = re.sub(r'^tree_sizes=.*\n', '', booster.model_to_string(num_iteration=booster.best_iteration), flags=re.M)
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


def main(tables, dataset):
    slates = read_slates(pathlib.Path(tables))
    learned, decides, judges = slates.part(0, 0.65), slates.part(0.65, 0.8), slates.part(0.8, 1).with_outcome
    booster = trained(learned, decides)
    metrics = {
        'ndcg@10': judges.ndcg(booster.predict(judges.features)), 'served.ndcg@10': judges.ndcg(-judges.places.astype(float)),
        'slates': len(slates.sizes), 'trees': booster.num_trees(),
    }
    write_bundle(FOLDER, NAME, to_onnx(booster, len(slates.names)), slates, booster.predict, dataset=dataset, metrics=metrics, tags=['lightgbm'])
    print(f"{len(slates.sizes)} slates, {len(slates.features)} rows, {len(slates.names)} features, {metrics['trees']} trees. "
          f"NDCG@10 of the last fifth: {metrics['ndcg@10']:.4f}, as it was served {metrics['served.ndcg@10']:.4f}.")


if __name__ == '__main__':
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    main(sys.argv[1], sys.argv[2] if len(sys.argv) > 2 else pathlib.Path(sys.argv[1]).name)
