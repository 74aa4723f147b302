"""Writes tables as spreadsheets and pandas do, and prints what pandas reads back: `spreadsheet-tables.py FOLDER COUNT SEED`."""
import csv
import json
import math
import os
import random
import sys

import pandas

folder, count, seed = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
chance = random.Random(seed)
signs = [";", "\t", "|", ",", ":"]
pieces = ["a", "Zimmer", " ", ",", ";", "\t", "|", ":", '"', '""', "\n", "\r\n", "ü", "€", "1,5", "sep=;", "'"]


def number():
    kind = chance.randrange(5)
    if kind == 0:
        return chance.randrange(-1000, 1000) / 10
    if kind == 1:
        return chance.random() * 10 ** chance.randrange(-12, 12)
    if kind == 2:
        return float(chance.randrange(-(10**9), 10**9))
    if kind == 3:
        return -chance.random()
    return round(chance.uniform(-50, 50), 2)


def text():
    return "".join(chance.choice(pieces) for _ in range(chance.randrange(1, 6)))


for index in range(count):
    delimiter = chance.choice(signs)
    decimal = chance.choice([",", "."])
    rows = [
        {
            "room": text(),
            "celsius": None if chance.random() < 0.2 else number(),
            "steps": chance.randrange(-(2**53) + 1, 2**53),
            "open": chance.random() < 0.5,
        }
        for _ in range(chance.randrange(0, 30))
    ]
    path = os.path.join(folder, f"{index}.csv")
    end = chance.choice(["\n", "\r\n"])
    with open(path, "w", encoding=chance.choice(["utf-8", "utf-8-sig"]), newline="") as out:
        if chance.random() < 0.4:
            out.write(f"sep={delimiter}{end}")
            preface = 1
        else:
            preface = 0
        quoting = chance.choice([csv.QUOTE_MINIMAL, csv.QUOTE_ALL, csv.QUOTE_NONNUMERIC])
        columns = ["room", "celsius", "steps", "open"]
        chance.shuffle(columns)
        if chance.random() < 0.5:
            frame = pandas.DataFrame(rows, columns=columns)
            frame["open"] = frame["open"].map({True: "WAHR", False: "FALSCH"})
            frame.to_csv(out, sep=delimiter, decimal=decimal, index=False, lineterminator=end, quoting=csv.QUOTE_MINIMAL)
        else:
            writer = csv.writer(out, delimiter=delimiter, quoting=quoting, lineterminator=end)
            writer.writerow(columns)
            for row in rows:
                shown = dict(row, open="WAHR" if row["open"] else "FALSCH")
                # Quoted, nothing at all is an empty text, no missing number: such a writer has to write one.
                if row["celsius"] is None:
                    shown["celsius"] = "" if quoting == csv.QUOTE_MINIMAL else 0.0
                shown["celsius"] = repr(shown["celsius"]).replace(".", decimal) if shown["celsius"] != "" else ""
                writer.writerow([shown[name] for name in columns])
    read = pandas.read_csv(
        path,
        sep=delimiter,
        decimal=decimal,
        skiprows=preface,
        encoding="utf-8-sig",
        dtype={"room": str, "steps": "int64", "open": str},
        keep_default_na=False,
        na_values={"celsius": [""]},
        float_precision="round_trip",
    )
    table = [
        {
            "room": row["room"],
            "celsius": None if math.isnan(row["celsius"]) else row["celsius"],
            "steps": row["steps"],
            "open": row["open"] == "WAHR",
        }
        for row in read.astype({"celsius": float}).to_dict("records")
    ]
    print(json.dumps({"path": path, "delimiter": delimiter, "decimal": decimal, "rows": table}))
