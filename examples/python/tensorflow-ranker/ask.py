"""Asks the gateway for lists that a ranker orders: ask.py <model@alias> <model@version>. Prints how many of 20 it ordered, once it is loaded; fails after a minute."""
import json
import os
import sys
import time
import urllib.error
import urllib.request

PEOPLE = 20


def ranker_of(person, model):
    """The version that ordered a list; None where the list was not ranked, or the version is not loaded yet."""
    body = json.dumps({'placement': 'home', 'userId': f'tensorflow-{person}', 'limit': 10, 'modelOverride': {'ranker': model}}).encode()
    headers = {'authorization': f"Bearer {os.environ['SERENDIP_KEY']}", 'content-type': 'application/json'}
    request = urllib.request.Request(f"{os.environ['SERENDIP_GATEWAY']}/v1/recommendations", body, headers)
    try:
        with urllib.request.urlopen(request, timeout=10) as answer:
            return json.load(answer).get('models', {}).get('ranker')
    except urllib.error.HTTPError:
        return None


def main(model, version):
    deadline = time.monotonic() + 60
    while ranker_of(0, model) != version:
        if time.monotonic() > deadline:
            sys.exit(f'✗ {version} answers nobody after a minute.')
        time.sleep(0.5)
    print(sum(ranker_of(person, model) == version for person in range(PEOPLE)))


if __name__ == '__main__':
    main(*sys.argv[1:])
