"""What the gateway knows: the catalogue, and the vectors of a retriever version."""
import dataclasses
import io
import json
import os
import re
import urllib.parse
import urllib.request

import numpy as np

GATEWAY = os.environ.get('SERENDIP_GATEWAY', 'http://127.0.0.1:8080')
PAGE = 200


@dataclasses.dataclass(frozen=True)
class Retriever:
    name: str            # model@version
    digest: str          # of its bundle: vectors mean something beside this version alone
    ids: list            # of the items it knows
    vectors: np.ndarray  # float32 [items, dimension]


def read_items():
    """Every item of the catalogue, as `GET /v1/items` gives it."""
    items, cursor = [], None
    while True:
        page = ask('/v1/items', limit=PAGE, **({'cursor': cursor} if cursor else {}))
        items += page['items']
        cursor = page.get('nextCursor')
        if cursor is None:
            return items


def read_retriever(reference):
    """The retriever that `model@version` or `model@alias` names."""
    model, pointer = reference.split('@')
    found = [each for each in ask('/v1/models')['models'] if each['name'] == model and (str(each['version']) == pointer or pointer in each['aliases'])]
    if not found or found[0]['kind'] != 'retriever':
        raise SystemExit(f'✗ {reference} is no retriever: `serendip model list` shows what there is.')
    path = f"/v1/models/{model}/versions/{found[0]['version']}/file"
    lines = fetch(path, path='items.txt').decode().removesuffix('\n').split('\n')
    ids = [re.sub(r'\\(.)', lambda escaped: {'n': '\n', 'r': '\r'}.get(escaped[1], escaped[1]), line) for line in lines]
    vectors = np.load(io.BytesIO(fetch(path, path='item_out.npy')), allow_pickle=False)
    return Retriever(f"{model}@{found[0]['version']}", found[0]['digest'], ids, vectors)


def ask(path, /, **query):
    return json.loads(fetch(path, **query))


def fetch(path, /, **query):
    if 'SERENDIP_KEY' not in os.environ:
        raise SystemExit('✗ Set SERENDIP_KEY to a secret key (sk_…).')
    request = urllib.request.Request(f'{GATEWAY}{path}?{urllib.parse.urlencode(query)}', headers={'authorization': f"Bearer {os.environ['SERENDIP_KEY']}"})
    with urllib.request.urlopen(request, timeout=120) as response:
        return response.read()
