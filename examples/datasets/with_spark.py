"""Click-through by item and events by type, with Spark. usage: with_spark.py <events> <tables>"""
import json
import sys

from pyspark.sql import SparkSession, functions as f

events, tables = sys.argv[1:3]
spark = SparkSession.builder.master("local[2]").appName("serendip").config("spark.ui.enabled", "false").getOrCreate()
spark.sparkContext.setLogLevel("ERROR")

happened = spark.read.parquet(f"{events}/events").where(~f.col("type").startswith("$"))
by_type = (happened.groupBy("type")
           .agg(f.count("*").alias("events"), f.countDistinct(f.coalesce("user_id", "anonymous_id")).alias("people"))
           .orderBy("type").collect())

weight = 1 / f.col("propensity").cast("double")
by_item = (spark.read.parquet(f"{tables}/examples").groupBy("item_id")
           .agg(f.count("*").alias("shown"), f.round(f.sum(f.least("outcome_click", f.lit(1)) * weight) / f.sum(weight), 4).alias("clickthrough"))
           .orderBy(f.desc("shown"), "item_id").limit(5).collect())

print(json.dumps({
    "types": {row.type: {"events": row.events, "people": row.people} for row in by_type},
    "items": [{"item": row.item_id, "shown": row.shown, "clickthrough": row.clickthrough} for row in by_item],
}))
spark.stop()
