#!/usr/bin/env bash
# PyTorch from a data set into traffic: a sequence model as a retriever beside the built-in one, and a small neural ranker beside LightGBM's. Both are trained on an
# exported data set, checked and pushed; the retriever gets a tenth of the users of home, and what both retrievers would have shown is held against what people
# then came to by themselves. Prints "is a tree enough?" as a table; the last line is JSON.
#
# usage: examples/python/pytorch.sh <new folder>
#   SERENDIP_GATEWAY, SERENDIP_KEY   the gateway and a secret key
#   SERENDIP                         the command (default: serendip)
#   PYTORCH                          a Python environment that has torch, onnx, numpy and pyarrow; made over the system's PyTorch when it is not there
#                                    (default: <folder>/pytorch)
#   VENV                             the same for the project of `serendip model init` (default: <folder>/venv)
#   MEANWHILE                        a command that ends when people have done something (default: an hour of sleep)
set -euo pipefail
[ $# -eq 1 ] || { sed -n '2,14s/^# \{0,1\}//p' "$0"; exit 2; }
here=$(cd "$(dirname "$0")" && pwd)
mkdir -p "$1"
folder=$(cd "$1" && pwd)
cd "$folder"
read -ra serendip <<<"${SERENDIP:-serendip}"
pytorch=${PYTORCH:-$folder/pytorch}
venv=${VENV:-$folder/venv}
export PYTHONDONTWRITEBYTECODE=1
cp -r "$here/sequence-retriever" "$here/neural-ranker" .
"${serendip[@]}" model init ranker
# The wheels of PyTorch for Linux bring gigabytes of CUDA along; Debian's package is for the processor. Its NumPy is older than newer releases of pyarrow want.
if [ ! -x "$pytorch/bin/python" ]; then
  if ! /usr/bin/python3 -c 'import torch, onnx, numpy'; then
    echo '✗ There is no PyTorch: apt-get install python3-torch python3-onnx python3-numpy, or name an environment that has it in PYTORCH.'
    exit 1
  fi
  /usr/bin/python3 -m venv --system-site-packages "$pytorch" && "$pytorch/bin/python" -m pip install --quiet -r "$here/pytorch-requirements.txt"
fi
[ -x "$venv/bin/python" ] || { python3 -m venv "$venv" && "$venv/bin/python" -m pip install --quiet -r ranker/requirements.txt; }

field() { python3 -c 'import json, sys; print(json.load(open(sys.argv[1]))[sys.argv[2]])' "$1" "$2"; }
# exported <folder> <from>: a data set as training tables; prints its id.
exported() {
  "${serendip[@]}" dataset create --from "$2" --json >"$1.json"
  "${serendip[@]}" dataset export "$(field "$1.json" id)" --point-in-time --out "$1" >&2
  field "$1.json" id
}
# version <folder>: pushes it, and prints name@version.
version() {
  "${serendip[@]}" model push "$1" >&2
  "${serendip[@]}" model push "$1" --no-wait --json >pushed.json
  echo "$(field pushed.json name)@$(field pushed.json version)"
}

dataset=$(exported tables "$(date -u -d '60 days ago' +%F)")
echo '— the retriever'
"$pytorch/bin/python" sequence-retriever/train.py tables "$dataset"
"${serendip[@]}" model check sequence-retriever
retriever=$(version sequence-retriever)
"${serendip[@]}" model show retriever@champion --json >champion.json
champion=$(field champion.json name)@$(field champion.json version)
"$pytorch/bin/python" "$here/retrievers.py" split "$retriever" 10 | tee answers.json
"$pytorch/bin/python" "$here/retrievers.py" ask tables lists.json "$champion" "$retriever"
"$pytorch/bin/python" "$here/retrievers.py" end
asked=$(date -u +%FT%TZ)
bash -c "${MEANWHILE:-sleep 3600}"
exported later "$asked" >later-id
"$pytorch/bin/python" "$here/retrievers.py" judge lists.json tables later | tee judged.json

echo '— is a tree enough?'
"$venv/bin/python" ranker/train.py tables "$dataset"
PYTHONPATH=ranker "$pytorch/bin/python" neural-ranker/train.py tables "$dataset"
for model in ranker neural-ranker; do "${serendip[@]}" model check "$model" --json >"$model.json"; done
python3 "$here/tree_enough.py" ranker neural-ranker | tee table.txt
echo "{\"retriever\": \"$retriever\", \"answers\": $(cat answers.json), \"judged\": $(cat judged.json), \"rankers\": $(tail -n 1 table.txt)}"
