"""Two retrievers, asked and judged.

    python retrievers.py split <model@version> <percent>       this share of the users of home gets its candidates from it;
                                                               prints how often each retriever then answers
    python retrievers.py end                                   everybody gets the placement's own again
    python retrievers.py ask <tables> <lists> <model@version>… asks every retriever what it would show people who are known by the data set
    python retrievers.py judge <lists> <tables> <later tables> how much of what they then came to by themselves these lists had

Only what people came to by themselves counts (no list of recommendations led them there) and what they had not had before: what was recommended in the meantime
came from the retriever in charge, and would speak for it. Gateways are in SERENDIP_GATEWAY, the key in SERENDIP_KEY.
"""
import collections
import json
import os
import pathlib
import sys
import urllib.error
import urllib.request

import numpy as np

PLACEMENT = 'retriever-trial'
LENGTH = 50
PEOPLE = 1000
ASKED = 300
IGNORED = {'impression', 'search', 'dislike', 'hide'}


def call(method, path, body=None):
    headers = {'authorization': f"Bearer {os.environ['SERENDIP_KEY']}", **({} if body is None else {'content-type': 'application/json'})}
    request = urllib.request.Request(os.environ['SERENDIP_GATEWAY'] + path, None if body is None else json.dumps(body).encode(), headers, method=method)
    try:
        with urllib.request.urlopen(request, timeout=30) as response:
            return json.load(response) if response.status != 204 else None
    except urllib.error.HTTPError as error:
        sys.exit(f'✗ {method} {path} was answered {error.code}: {error.read().decode()}')


def recommended(user, **more):
    return call('POST', '/v1/recommendations', {'userId': user, 'limit': LENGTH, **more})


def split(model, percent):
    call('PUT', '/v1/placements/home/split', {'name': 'home-split', 'arms': [{'name': 'new', 'percent': float(percent), 'retriever': model}]})
    answered = collections.Counter(recommended(f'split-{i}', placement='home')['models'].get('retriever', 'none') for i in range(ASKED))
    print(json.dumps(answered))
    if model not in answered:
        sys.exit(f'✗ {model} does not answer.')


def interactions(tables):
    """Who did what: rows of person, item, and whether a list led there."""
    import pyarrow.dataset
    columns = ['user_id', 'item_id', 'type', 'recommendation_id']
    table = pyarrow.dataset.dataset(pathlib.Path(tables) / 'interactions', format='parquet').to_table(columns=columns)
    rows = zip(*(table[name].to_pylist() for name in columns))
    return [(user, item, recommendation is not None) for user, item, kind, recommendation in rows if user is not None and kind not in IGNORED]


def ask(tables, path, models):
    hidden = call('GET', '/v1/placements/home')['hideAfter']
    sources = [{'name': 'personal', 'limit': LENGTH}]
    call('PUT', f'/v1/placements/{PLACEMENT}', {'sources': sources, 'hideAfter': hidden, 'fill': 'strict', 'logShare': 0})
    people = [user for user, _ in collections.Counter(user for user, _, _ in interactions(tables)).most_common(PEOPLE)]
    lists = {model: {} for model in models}
    for user in people:
        for model in models:
            answer = recommended(user, placement=PLACEMENT, modelOverride={'retriever': model})
            if answer['models'].get('retriever') != model:
                sys.exit(f"✗ {model} was asked and {answer['models'].get('retriever', 'no retriever')} answered.")
            lists[model][user] = [item['id'] for item in answer['items']]
    pathlib.Path(path).write_text(json.dumps(lists))
    print(f'{len(people)} people, {len(models)} retrievers.')


def judge(path, before, after):
    lists = json.loads(pathlib.Path(path).read_text())
    had = {(user, item) for user, item, _ in interactions(before)}
    found = {}
    for user, item, was_led in interactions(after):
        if not was_led and (user, item) not in had and all(user in by_user for by_user in lists.values()):
            found.setdefault(user, set()).add(item)
    if not found:
        sys.exit('✗ Nobody who was asked about has come to anything new by themselves since: wait longer.')
    result = {'people': len(found), 'items': sum(map(len, found.values()))}
    for model, by_user in lists.items():
        result[model] = round(float(np.mean([len(items & set(by_user[user])) / len(items) for user, items in found.items()])), 4)
    print(json.dumps(result))


if __name__ == '__main__':
    if sys.argv[1:2] == ['split'] and len(sys.argv) == 4:
        split(*sys.argv[2:])
    elif sys.argv[1:] == ['end']:
        call('DELETE', '/v1/placements/home/split')
    elif sys.argv[1:2] == ['ask'] and len(sys.argv) > 4:
        ask(sys.argv[2], sys.argv[3], sys.argv[4:])
    elif sys.argv[1:2] == ['judge'] and len(sys.argv) == 5:
        judge(*sys.argv[2:])
    else:
        sys.exit(__doc__)
