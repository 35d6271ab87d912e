"""
Items as rows of numbers, just as serving makes them of the catalogue: `golden.jsonl` holds one against the other. Leave it as it is; which inputs there are is said
in train.py.

| input | columns | are |
|---|---|---|
| price, item.<attribute> | 2 | the number, or 1 and 0 for true and false; and 1. Both are 0 where there is none |
| categories#<n>, tags#<n>, title#<n>, item.<attribute>#<n> | n | 1 at the hash modulo n of each text: of a list each one, as it is written; 0 elsewhere |
| words:<the same>#<n> | n | the same of each word: runs of letters and digits of the text in NFKC and lower case |

What is missing, empty, of another type or no finite float32 is all zeros.
"""
import functools
import re
import unicodedata

import mmh3
import numpy as np

INPUT = re.compile(r'(words:)?(title|categories|tags|price|item\.[^#]+)(?:#([1-9]\d{0,4}))?')
WORD = re.compile(r'[^\W_]+')
LARGEST = float(np.finfo(np.float32).max)


def inputs_of(items, names):
    """float32 [items, columns] of items as `GET /v1/items` gives them."""
    parsed = [INPUT.fullmatch(name).groups() for name in names]
    widths = [int(size or 2) for _, _, size in parsed]
    rows = np.zeros((len(items), sum(widths)), dtype=np.float32)
    for row, item in zip(rows, items):
        at = 0
        for (words, source, size), width in zip(parsed, widths):
            write(row[at:at + width], value_of(item, source), words, size)
            at += width
    return rows


def value_of(item, source):
    return item.get('attributes', {}).get(source[len('item.'):]) if source.startswith('item.') else item.get(source)


def write(columns, value, words, size):
    if size is not None:
        for text in [value] if isinstance(value, str) else value if isinstance(value, list) else []:
            if isinstance(text, str) and text:
                columns[[place(each, len(columns)) for each in (WORD.findall(unicodedata.normalize('NFKC', text).lower()) if words else [text])]] = 1
    elif isinstance(value, (bool, int, float)) and abs(value) <= LARGEST:
        columns[:] = value, 1


@functools.lru_cache(maxsize=1 << 20)
def place(text, columns):
    """The first 32 bits of MurmurHash3_x86_128, modulo the columns."""
    return (mmh3.hash64(text.encode(), x64arch=False, signed=False)[0] & 0xffffffff) % columns
