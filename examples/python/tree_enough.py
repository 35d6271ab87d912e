"""Rankers side by side: how well they order later slates, and what that costs.

    python tree_enough.py <folder> <folder> …

Of each <folder> with a bundle there is <folder>.json, which `serendip model check <folder> --json` has printed. The last line is JSON.
"""
import json
import pathlib
import sys


def figures(folder):
    model = json.loads(pathlib.Path(folder, 'model.yaml').read_text())
    checks = {check['name']: check['figures'] for check in json.loads(pathlib.Path(f'{folder}.json').read_text())['checks']}
    return {
        'model': model['name'], 'ndcg@10': model['metrics']['ndcg@10'], 'served.ndcg@10': model['metrics']['served.ndcg@10'],
        'p50Ms': checks['latency']['rows500.p50Ms'], 'costPerMillion': checks['latency']['rows500.costPerMillion'],
    }


def main(folders):
    rankers = [figures(folder) for folder in folders]
    print(f"{'':16}{'NDCG@10':>10}{'as served':>12}{'p50, 500 rows':>16}{'a million of these':>20}")
    for ranker in rankers:
        print(f"{ranker['model']:16}{ranker['ndcg@10']:>10.4f}{ranker['served.ndcg@10']:>12.4f}{ranker['p50Ms']:>13.2f} ms{ranker['costPerMillion']:>18.4f} $")
    print(json.dumps(rankers))


if __name__ == '__main__':
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    main(sys.argv[1:])
