"""Who answers: asks for lists and says which ranker versions made them.

    python answers.py count <lists>            counts of lists by ranker version, as JSON
    python answers.py wait <model@version>     waits until every gateway ranks with this version; prints seconds

Gateways are in SERENDIP_GATEWAYS (with spaces between them) or SERENDIP_GATEWAY, the key in SERENDIP_KEY.
"""
import collections
import json
import os
import sys
import time
import urllib.request

GATEWAYS = (os.environ.get('SERENDIP_GATEWAYS') or os.environ['SERENDIP_GATEWAY']).split()
# A version that has taken over answers so many lists in a row at each gateway.
IN_A_ROW = 5
MOST_SECONDS = 60


def ranker(gateway, user):
    body = json.dumps({'placement': 'home', 'userId': user, 'limit': 10}).encode()
    request = urllib.request.Request(f'{gateway}/v1/recommendations', body, {'authorization': f"Bearer {os.environ['SERENDIP_KEY']}", 'content-type': 'application/json'})
    with urllib.request.urlopen(request, timeout=10) as response:
        return json.load(response)['models'].get('ranker', 'none')


def count(lists):
    found = collections.Counter(ranker(GATEWAYS[i % len(GATEWAYS)], f'journey-{i}') for i in range(lists))
    print(json.dumps(found))


def wait(version):
    started = time.monotonic()
    for gateway in GATEWAYS:
        row = 0
        while row < IN_A_ROW:
            row = row + 1 if ranker(gateway, f'waiting-{row}') == version else 0
            if time.monotonic() - started > MOST_SECONDS:
                sys.exit(f'✗ {gateway} does not rank with {version} after {MOST_SECONDS} s.')
    print(round(time.monotonic() - started, 2))


if __name__ == '__main__':
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    {'count': lambda: count(int(sys.argv[2])), 'wait': lambda: wait(sys.argv[2])}[sys.argv[1]]()
