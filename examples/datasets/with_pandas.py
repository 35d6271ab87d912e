"""Click-through by item and events by type, with pandas. usage: with_pandas.py <events> <tables>"""
import glob
import json
import sys

import pandas as pd

events, tables = sys.argv[1:3]


def read(pattern: str, columns: list[str]) -> pd.DataFrame:
    return pd.concat([pd.read_parquet(path, columns=columns, partitioning=None) for path in sorted(glob.glob(pattern))], ignore_index=True)


happened = read(f"{events}/events/*/*.parquet", ["type", "user_id", "anonymous_id"])
happened = happened[~happened.type.str.startswith("$")]
happened["person"] = happened.user_id.fillna(happened.anonymous_id)
by_type = happened.groupby("type").agg(events=("type", "size"), people=("person", "nunique"))

shown = read(f"{tables}/examples/*.parquet", ["item_id", "propensity", "outcome_click"])
shown["weight"] = 1 / shown.propensity.astype("float64")
shown["clicked"] = shown.outcome_click.clip(upper=1) * shown.weight
by_item = shown.groupby("item_id").agg(shown=("item_id", "size"), clicked=("clicked", "sum"), weight=("weight", "sum")).reset_index()
by_item = by_item.sort_values(["shown", "item_id"], ascending=[False, True]).head(5)

print(json.dumps({
    "types": {name: {"events": int(row.events), "people": int(row.people)} for name, row in by_type.iterrows()},
    "items": [{"item": row.item_id, "shown": int(row.shown), "clickthrough": round(row.clicked / row.weight, 4)} for row in by_item.itertuples()],
}))
