"""Trains a small neural ranker in PyTorch on the very slates that the LightGBM project learns from, and writes it as a bundle beside this file.

    PYTHONPATH=<project> python train.py <tables> [<data set id>]

<project> is what `serendip model init` has written, which reads the slates and writes bundles; <tables> is a folder that
`serendip dataset export <id> --point-in-time --out <tables>` has written.
"""
import inspect
import pathlib
import sys

import numpy as np
import onnx
import torch

from bundle import write_bundle
from slates import read_slates

NAME = 'neural-ranker'
FOLDER = pathlib.Path(__file__).parent
HIDDEN = (64, 32)
FIRST_EPOCHS, MOST_EPOCHS, PATIENCE, BATCH = 20, 40, 5, 64
# Values further from the mean than so many standard deviations say no more.
FURTHEST = 5


class Ranker(torch.nn.Module):
    def __init__(self, features):
        super().__init__()
        features = torch.from_numpy(features)
        self.register_buffer('mean', features.mean(0))
        self.register_buffer('scale', 1 / features.std(0).clamp(min=1e-3))
        widths = (features.shape[1], *HIDDEN)
        layers = [layer for one, other in zip(widths, widths[1:]) for layer in (torch.nn.Linear(one, other), torch.nn.ReLU(), torch.nn.Dropout(0.1))]
        self.layers = torch.nn.Sequential(*layers, torch.nn.Linear(widths[-1], 1))

    def forward(self, features):
        return self.layers(((features - self.mean) * self.scale).clamp(-FURTHEST, FURTHEST))


def batches(slates, worth):
    """Slates side by side, padded: features [slates, rows, features], worth [slates, rows], whether there is a row."""
    starts = np.concatenate([[0], np.cumsum(slates.sizes)])
    for chosen in torch.randperm(len(slates.sizes)).split(BATCH):
        rows = [np.arange(starts[i], starts[i + 1]) for i in chosen.tolist()]
        longest = max(map(len, rows))
        places = np.array([np.pad(each, (0, longest - len(each)), mode='edge') for each in rows])
        there = np.array([np.arange(longest) < len(each) for each in rows])
        yield torch.from_numpy(slates.features[places]), torch.from_numpy(worth[places] * there).float(), torch.from_numpy(there)


def epoch(model, optimizer, slates, worth):
    """The softmax of a slate's scores learns where its worth lies."""
    model.train()
    for features, wanted, there in batches(slates, worth):
        scores = model(features)[:, :, 0].masked_fill(~there, -1e9)
        loss = -(torch.log_softmax(scores, 1) * wanted).sum(1).div(wanted.sum(1)).mean()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()


def trained(learned, decides):
    """First like the ranker in charge, by its scores, as the LightGBM project does; then by what came of the slates, until the later ones get no better."""
    torch.manual_seed(1)
    model = Ranker(learned.features)
    optimizer = torch.optim.AdamW(model.parameters(), lr=2e-3, weight_decay=1e-2)
    for _ in range(FIRST_EPOCHS):
        epoch(model, optimizer, learned, np.maximum(learned.scores, 1e-6))
    for group in optimizer.param_groups:
        group['lr'] = 3e-4
    best, kept, waited = decides.ndcg(scores_of(model, decides.features)), copied(model), 0
    some = learned.with_outcome
    for _ in range(MOST_EPOCHS):
        epoch(model, optimizer, some, some.labels)
        found = decides.ndcg(scores_of(model, decides.features))
        if found > best:
            best, kept, waited = found, copied(model), 0
        elif (waited := waited + 1) >= PATIENCE:
            break
    model.load_state_dict(kept)
    return model


def copied(model):
    return {name: value.clone() for name, value in model.state_dict().items()}


def scores_of(model, features):
    model.eval()
    with torch.no_grad():
        return model(torch.from_numpy(features))[:, 0].numpy()


def to_onnx(model, width):
    # Newer releases of PyTorch have a second exporter, which needs more packages.
    classic = {'dynamo': False} if 'dynamo' in inspect.signature(torch.onnx.export).parameters else {}
    path = FOLDER / 'model.onnx'
    torch.onnx.export(
        model.eval(), (torch.zeros(2, width),), str(path), input_names=['features'], output_names=['scores'],
        dynamic_axes={'features': {0: 'rows'}, 'scores': {0: 'rows'}}, opset_version=15, **classic,
    )
    return onnx.load(str(path))


def main(tables, dataset):
    slates = read_slates(pathlib.Path(tables))
    learned, decides, judges = slates.part(0, 0.65), slates.part(0.65, 0.8).with_outcome, slates.part(0.8, 1).with_outcome
    model = trained(learned, decides)
    found, served = judges.ndcg(scores_of(model, judges.features)), judges.ndcg(-judges.places.astype(float))
    metrics = {'ndcg@10': found, 'served.ndcg@10': served, 'slates': len(slates.sizes)}
    graph = to_onnx(model, len(slates.names))
    write_bundle(FOLDER, NAME, graph, slates, lambda rows: scores_of(model, rows), dataset=dataset, metrics=metrics, tags=['pytorch'])
    print(f"{len(slates.sizes)} slates, {len(slates.names)} features. NDCG@10 of the last fifth: {found:.4f}, as it was served {served:.4f}.")


if __name__ == '__main__':
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    main(sys.argv[1], sys.argv[2] if len(sys.argv) > 2 else pathlib.Path(sys.argv[1]).name)
