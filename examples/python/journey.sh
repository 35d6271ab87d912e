#!/usr/bin/env bash
# A data scientist's journey: what people were shown is exported, a ranker is trained on it in Python, pushed, checked, given a tenth of
# the users of home, promoted and rolled back. Prints how long each step took, and how long promotion and rollback then took to hold at
# every gateway; the last line is JSON.
#
# usage: examples/python/journey.sh <new folder>
#   SERENDIP_GATEWAY, SERENDIP_KEY   the gateway and a secret key; SERENDIP_GATEWAYS for all replicas, with spaces between them
#   SERENDIP                         the command (default: serendip)
#   VENV                             a Python environment that has what train.py needs; made when it is not there (default: <folder>/venv)
set -euo pipefail
[ $# -eq 1 ] || { sed -n '2,11s/^# \{0,1\}//p' "$0"; exit 2; }
here=$(cd "$(dirname "$0")" && pwd)
mkdir -p "$1"
folder=$(cd "$1" && pwd)
cd "$folder"
read -ra serendip <<<"${SERENDIP:-serendip}"
venv=${VENV:-$folder/venv}
python=$venv/bin/python
steps=()

# step <name> <command …>: runs it and remembers how long it took.
step() {
  local name=$1 started=$EPOCHREALTIME
  shift
  echo "— $name: $*"
  "$@"
  steps+=("\"$name\": $(awk -v from="$started" -v to="$EPOCHREALTIME" 'BEGIN { printf "%.2f", to - from }')")
}

field() { python3 -c "import json, sys; print(json.load(open(sys.argv[1]))[sys.argv[2]])" "$1" "$2"; }
environment() { [ -x "$python" ] || { python3 -m venv "$venv" && "$python" -m pip install --quiet -r ranker/requirements.txt; }; }
create() { "${serendip[@]}" dataset create --from "$(date -u -d '2 days ago' +%F)" --json >dataset.json; }
push() { "${serendip[@]}" model push ranker && "${serendip[@]}" model push ranker --no-wait --json >pushed.json; }
takes_over() { "$python" "$here/answers.py" wait "$1" | tee "effect-$2"; }
# Refused for what is worse than the champion on the log; its checks say by how much.
promote() {
  "${serendip[@]}" model promote "ranker@$version" --reason 'no worse on the log, and tried on a tenth' || { "${serendip[@]}" model show "ranker@$version"; exit 1; }
  takes_over "ranker@$version" promote
}
rollback() { "${serendip[@]}" model rollback ranker --reason 'the journey' && takes_over "ranker@$before" rollback; }
both_answer() {
  "$python" "$here/answers.py" count 300 | tee answers.json
  python3 -c 'import json, sys; found = json.load(open("answers.json")); sys.exit(0 if all(found.get(each, 0) > 0 for each in sys.argv[1:]) else "✗ one of them does not answer")' "ranker@$version" "ranker@$before"
}

step init "${serendip[@]}" model init ranker
step environment environment
step dataset create
dataset=$(field dataset.json id)
step export "${serendip[@]}" dataset export "$dataset" --point-in-time --out tables
step train "$python" ranker/train.py tables "$dataset"
step check "${serendip[@]}" model check ranker
"${serendip[@]}" model show ranker@champion --json >champion.json
before=$(field champion.json version)
step push push
version=$(field pushed.json version)
step split "${serendip[@]}" split home --arm "new=ranker@$version:10"
step answers both_answer
step end-split "${serendip[@]}" split home --end
step promote promote
step rollback rollback
echo "{\"before\": $before, \"version\": $version, \"effect\": {\"promote\": $(cat effect-promote), \"rollback\": $(cat effect-rollback)}, \"steps\": {$(IFS=,; echo "${steps[*]}")}}"
