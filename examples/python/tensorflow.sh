#!/usr/bin/env bash
# TensorFlow from a data set to an answer: what people were shown is exported, a Keras ranker is trained on it, written as a graph model of TensorFlow.js and as a
# SavedModel, checked, pushed, loaded under the alias challenger and asked through the gateway. The SavedModel is checked and pushed too where this machine has
# tfjs-node (`serendip runtimes`). The last line is JSON.
#
# usage: examples/python/tensorflow.sh <new folder>
#   SERENDIP_GATEWAY, SERENDIP_KEY   the gateway and a secret key
#   SERENDIP                         the command (default: serendip)
#   VENV                             a Python environment that has what requirements.txt names; made when it is not there (default: <folder>/venv)
set -euo pipefail
[ $# -eq 1 ] || { sed -n '2,11s/^# \{0,1\}//p' "$0"; exit 2; }
here=$(cd "$(dirname "$0")" && pwd)
mkdir -p "$1"
folder=$(cd "$1" && pwd)
cd "$folder"
read -ra serendip <<<"${SERENDIP:-serendip}"
venv=${VENV:-$folder/venv}
export PYTHONDONTWRITEBYTECODE=1
[ -x "$venv/bin/python" ] || { python3 -m venv "$venv" && "$venv/bin/python" -m pip install --quiet -r "$here/tensorflow-ranker/requirements.txt"; }

field() { python3 -c 'import json, sys; print(json.load(open(sys.argv[1]))[sys.argv[2]])' "$1" "$2"; }
# pushed <folder>: checks it here and pushes it; prints name@version.
pushed() {
  "${serendip[@]}" model check "$1" >&2
  "${serendip[@]}" model push "$1" >&2 || echo 'It is worse than the champion on the log: it can be tried, and that is what follows.' >&2
  "${serendip[@]}" model push "$1" --no-wait --json >pushed.json || true
  echo "$(field pushed.json name)@$(field pushed.json version)"
}

"${serendip[@]}" dataset create --from "$(date -u -d '2 days ago' +%F)" --json >dataset.json
dataset=$(field dataset.json id)
"${serendip[@]}" dataset export "$dataset" --point-in-time --out tables
"$venv/bin/python" "$here/tensorflow-ranker/train.py" tables models "$dataset"
graph=$(pushed models/graph)
saved=null
if "${serendip[@]}" runtimes --json | python3 -c 'import json, sys; sys.exit(0 if any(each["name"] == "tfjs-node" and each["available"] for each in json.load(sys.stdin)["runtimes"]) else 1)'; then
  saved="\"$(pushed models/saved)\""
else
  echo 'The SavedModel is not pushed: there is no tfjs-node here, and `serendip runtimes` says how to get it.'
fi
"${serendip[@]}" model promote "$graph" --alias challenger --reason 'the example'
answered=$("$venv/bin/python" "$here/tensorflow-ranker/ask.py" tensorflow-ranker@challenger "$graph")
echo "{\"graph\": \"$graph\", \"saved\": $saved, \"answered\": $answered}"
