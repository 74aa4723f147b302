"""Runs Python recipes and compares the rows that each leaves with the rows that are expected, types and all.

Reads from stdin: {"expected": path of an NDJSON of arrays, "columns": [[name, type]], "recipes": [[name, code]]}.
Prints one line of JSON a recipe: {"name": …, "rows": …, "seconds": …, "fault": null or text}.
"""

import json
import sys
import time

import pyarrow as pa
import pyarrow.compute as pc

arrow_types = {
    "text": pa.string(),
    "number": pa.float64(),
    "integer": pa.int64(),
    "boolean": pa.bool_(),
    "timestamp": pa.timestamp("ms", tz="UTC"),
}


def as_table(rows):
    """What a recipe left, as its library hands it to Arrow."""
    module = type(rows).__module__.split(".")[0]
    if module == "pandas":
        return pa.Table.from_pandas(rows, preserve_index=False)
    if module == "polars":
        return rows.to_arrow()
    if module in ("duckdb", "_duckdb"):
        return rows.to_arrow_table()
    return rows


def same_kind(found, wanted):
    """Whether a type says the same; texts have several layouts, times several units."""
    if pa.types.is_timestamp(wanted):
        return pa.types.is_timestamp(found) and found.tz is not None
    if pa.types.is_string(wanted):
        return pa.types.is_string(found) or pa.types.is_large_string(found) or pa.types.is_string_view(found)
    return found == wanted


def fault_of(table, expected):
    if table.column_names != expected.column_names:
        return f"columns {table.column_names}"
    if table.num_rows != expected.num_rows:
        return f"{table.num_rows} rows"
    for name, wanted in zip(expected.column_names, expected.schema.types):
        column = table.column(name)
        if not same_kind(column.type, wanted):
            return f"{name} is {column.type}, not {wanted}"
        values = column.cast(wanted)
        if values.null_count != expected.column(name).null_count:
            return f"{name} has {values.null_count} nulls, not {expected.column(name).null_count}"
        differ = pc.fill_null(pc.not_equal(values, expected.column(name)), False)
        if pa.types.is_floating(wanted):
            # Zeros are equal whatever their sign; what they divide is not.
            signs = pc.not_equal(pc.divide(1.0, values), pc.divide(1.0, expected.column(name)))
            differ = pc.or_(differ, pc.fill_null(signs, False))
        if pc.any(differ).as_py():
            at = differ.to_pylist().index(True)
            return f"{name} of row {at} is {values[at]}, not {expected.column(name)[at]}"
    return None


task = json.load(sys.stdin)
names = [name for name, _ in task["columns"]]
with open(task["expected"], encoding="utf-8") as lines:
    values = [json.loads(line) for line in lines]
expected = pa.table(
    {
        name: pa.array([row[i] for row in values], pa.int64() if kind == "timestamp" else arrow_types[kind]).cast(arrow_types[kind])
        for i, (name, kind) in enumerate(task["columns"])
    }
)
assert expected.column_names == names
for name, code in task["recipes"]:
    began = time.monotonic()
    try:
        scope = {}
        exec(compile(code, name, "exec"), scope)
        table = as_table(scope["rows"])
        seconds = time.monotonic() - began
        fault = fault_of(table, expected)
    except Exception as error:
        table, seconds, fault = None, 0, f"{type(error).__name__}: {error}"
    print(json.dumps({"name": name, "rows": table and table.num_rows, "seconds": round(seconds, 2), "fault": fault}), flush=True)
