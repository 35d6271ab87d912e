"""Click-through by item and events by type, with DuckDB. usage: with_duckdb.py <events> <tables>"""
import json
import sys

import duckdb

events, tables = sys.argv[1:3]

by_type = duckdb.sql(f"""
    select type, count(*) as events, count(distinct coalesce(user_id, anonymous_id)) as people
    from read_parquet('{events}/events/*/*.parquet', hive_partitioning = true)
    where type not like '$%'
    group by type order by type
""").fetchall()

by_item = duckdb.sql(f"""
    select item_id, count(*) as shown, round(sum(least(outcome_click, 1) / propensity) / sum(1 / propensity), 4) as clickthrough
    from '{tables}/examples/*.parquet'
    group by item_id order by shown desc, item_id limit 5
""").fetchall()

print(json.dumps({
    "types": {name: {"events": count, "people": people} for name, count, people in by_type},
    "items": [{"item": item, "shown": shown, "clickthrough": rate} for item, shown, rate in by_item],
}))
