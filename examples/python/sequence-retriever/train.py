"""Trains a sequence model in PyTorch on who did what, and writes it as a retriever beside this file.

    python train.py <tables> [<data set id>]

<tables> is a folder that `serendip dataset export <id> --point-in-time --out <tables>` has written. A GRU reads somebody's newest items and answers a vector; the
items' vectors that are most like it, and that they have not had, come next. After every item it learns to tell the one that came next from all others.
"""
import inspect
import json
import pathlib
import sys

import numpy as np
import onnx
import pyarrow.dataset
import torch

NAME = 'sequence-retriever'
FOLDER = pathlib.Path(__file__).parent
DIMENSION, HIDDEN, LENGTH = 48, 96, 50
MOST_EPOCHS, PATIENCE, BATCH = 20, 3, 64
IGNORED = {'impression', 'search', 'dislike', 'hide'}
RECALL_AT, MOST_JUDGES = 50, 1000


def read_sequences(tables):
    """Each person's items in order of time, as numbers from 1, and the items' ids; what comes twice in a row counts once."""
    columns = ['event_time', 'user_id', 'anonymous_id', 'item_id', 'type']
    table = pyarrow.dataset.dataset(tables / 'interactions', format='parquet').to_table(columns=columns).sort_by('event_time')
    rows = [(user or anonymous, item) for _, user, anonymous, item, kind in zip(*(table[name].to_pylist() for name in columns)) if kind not in IGNORED]
    ids = sorted({item for _, item in rows})
    number = {item: n for n, item in enumerate(ids, 1)}
    people = {}
    for who, item in rows:
        items = people.setdefault(who, [])
        if not items or items[-1] != number[item]:
            items.append(number[item])
    return [items for items in people.values() if len(items) > 1], ids


class Encoder(torch.nn.Module):
    """`items`, the newest last with zeros in front, to `user`: what the newest item, and what came before it, say of the next."""

    def __init__(self, items, counts):
        """It begins with how popular each item is: there are too few steps to learn that as well."""
        super().__init__()
        self.items = torch.nn.Embedding(items + 1, DIMENSION, padding_idx=0)
        self.dropout = torch.nn.Dropout(0.3)
        # Without biases zeros in front change nothing, so that short histories can be learned from without them.
        self.gru = torch.nn.GRU(DIMENSION, HIDDEN, bias=False, batch_first=True)
        self.out = torch.nn.Linear(HIDDEN, DIMENSION)
        self.bias = torch.nn.Parameter(torch.log1p(counts))
        torch.nn.init.normal_(self.items.weight, std=0.1)
        torch.nn.init.zeros_(self.items.weight[0].data)

    def states(self, items):
        states, _ = self.gru(self.dropout(self.items(items)))
        return self.out(self.dropout(states))

    def forward(self, items):
        return self.states(items)[:, -1]

    def scores(self, states):
        """Of every item, by its vector and how popular it is."""
        return states @ self.items.weight[1:].T + self.bias


def windows(sequences):
    """Inputs and targets [windows, LENGTH]; a target is 0 where there is none, or where they have had the item before."""
    inputs, targets = [], []
    for items in sequences:
        first = {}
        for place, item in enumerate(items):
            first.setdefault(item, place)
        new = [item if first[item] == place else 0 for place, item in enumerate(items)]
        for end in range(len(items) - 1, 0, -LENGTH):
            start = max(0, end - LENGTH)
            front = [0] * (LENGTH - (end - start))
            inputs.append(front + items[start:end])
            targets.append(front + new[start + 1:end + 1])
    return torch.tensor(inputs), torch.tensor(targets)


def recall(model, sequences, at=RECALL_AT):
    """Of some people's last items that were new to them, the share that the `at` best of what they had not had before hold; and that the most popular hold."""
    cases = [items for items in sequences if items[-1] not in items[:-1]][:MOST_JUDGES]
    history = torch.tensor([([0] * LENGTH + items[:-1])[-LENGTH:] for items in cases])
    with torch.no_grad():
        scores = model.scores(model(history)).clone()
    popular = model.bias.new_tensor(np.bincount(np.concatenate([items[:-1] for items in sequences]), minlength=len(model.bias) + 1)[1:]).repeat(len(cases), 1)
    found = []
    for order in (scores, popular):
        for row, items in enumerate(cases):
            order[row, torch.tensor(sorted(set(items[:-1]))) - 1] = -np.inf
        best = order.topk(at).indices + 1
        found.append(float(np.mean([items[-1] in row for items, row in zip(cases, best.tolist())])))
    return found


def epoch(model, optimizer, inputs, targets):
    model.train()
    lengths = (inputs > 0).sum(1)
    batches = torch.argsort(lengths + torch.rand(len(inputs))).split(BATCH)
    for batch in torch.randperm(len(batches)).tolist():
        rows, longest = batches[batch], int(lengths[batches[batch]].max())
        wanted = targets[rows, LENGTH - longest:]
        if not wanted.any():
            continue
        states = model.states(inputs[rows, LENGTH - longest:])[wanted > 0]
        loss = torch.nn.functional.cross_entropy(model.scores(states), wanted[wanted > 0] - 1)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    model.eval()


def trained(sequences, items, epochs=None):
    """With `epochs`, on everything; without, everybody's last item says when to stop, and the recalls and epochs are answered too."""
    torch.manual_seed(1)
    inputs, targets = windows([items_of[:-1] for items_of in sequences if len(items_of) > 2] if epochs is None else sequences)
    model = Encoder(items, torch.bincount(targets.flatten(), minlength=items + 1)[1:])
    optimizer = torch.optim.AdamW(model.parameters(), lr=2e-3, weight_decay=1e-2)
    best, popular, best_epoch = 0, 0, 0
    for n in range(1, (epochs or MOST_EPOCHS) + 1):
        epoch(model, optimizer, inputs, targets)
        if epochs is not None:
            continue
        found, popular = recall(model, sequences)
        print(f'epoch {n}: recall@{RECALL_AT} of the last items {found:.4f}', flush=True)
        if found > best:
            best, best_epoch = found, n
        elif n - best_epoch >= PATIENCE:
            break
    return model, {f'recall@{RECALL_AT}': best, f'popular.recall@{RECALL_AT}': popular, 'epochs': best_epoch or 1}


def export(model, examples):
    # Newer releases of PyTorch have a second exporter, which needs more packages.
    classic = {'dynamo': False} if 'dynamo' in inspect.signature(torch.onnx.export).parameters else {}
    torch.onnx.export(
        model, (examples[:2],), str(FOLDER / 'model.onnx'), input_names=['items'], output_names=['user'],
        dynamic_axes={'items': {0: 'users'}, 'user': {0: 'users'}}, opset_version=15, **classic,
    )
    onnx.checker.check_model(onnx.load(str(FOLDER / 'model.onnx')))


def write(model, ids, sequences, dataset, metrics):
    examples = torch.tensor([([0] * LENGTH + items)[-LENGTH:] for items in sequences[:8]])
    export(model, examples)
    with torch.no_grad():
        users = model(examples)
    np.save(FOLDER / 'item_out.npy', model.items.weight[1:].detach().numpy().astype(np.float32))
    np.save(FOLDER / 'bias.npy', model.bias.detach().numpy().astype(np.float32))
    (FOLDER / 'items.txt').write_text('\n'.join(ids))
    (FOLDER / 'golden.jsonl').write_text(json.dumps({'inputs': {'items': examples.tolist()}, 'outputs': {'user': users.tolist()}}) + '\n')
    # JSON is YAML.
    (FOLDER / 'model.yaml').write_text(json.dumps({
        'name': NAME, 'kind': 'retriever', 'format': 'onnx', 'encoder': 'onnx', 'dataset': dataset, 'metrics': metrics, 'tags': ['pytorch', 'gru'],
        'signature': {
            'inputs': [{'name': 'items', 'dtype': 'int64', 'shape': ['users', LENGTH]}],
            'outputs': [{'name': 'user', 'dtype': 'float32', 'shape': ['users', DIMENSION]}],
        },
    }, indent=2) + '\n')


def main(tables, dataset):
    sequences, ids = read_sequences(pathlib.Path(tables))
    _, metrics = trained(sequences, len(ids))
    model, _ = trained(sequences, len(ids), epochs=metrics['epochs'])
    write(model, ids, sequences, dataset, {**metrics, 'items': len(ids), 'people': len(sequences)})
    found, popular = metrics[f'recall@{RECALL_AT}'], metrics[f'popular.recall@{RECALL_AT}']
    print(f'{len(ids)} items, {len(sequences)} people. Recall@{RECALL_AT} of last items: {found:.4f}, the most popular {popular:.4f}.')


if __name__ == '__main__':
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    main(sys.argv[1], sys.argv[2] if len(sys.argv) > 2 else pathlib.Path(sys.argv[1]).name)
