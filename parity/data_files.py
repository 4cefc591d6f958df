"""The same rows in every kind of file, written by datasets and pyarrow; and what datasets' loader "text" makes of a text."""
from common import fixture, write_manifest

import json
import random

import pyarrow as pa
import pyarrow.feather
import pyarrow.parquet
from datasets import Dataset, DatasetDict, disable_progress_bars, load_dataset

SEED = 11
ROWS = 60
BATCH = 25  # rows in a row group or a record batch: the last is not full
WORDS = ["naïve", "東京", "🙂 smile", "tab\there", "a \"quoted\" word", "comma, semicolon;", "two\nlines", "back\\slash",
         "straße", "", "e\u0301", "100%", "<|im_end|>"]


def rows() -> list[dict]:
    pick = random.Random(SEED)

    def text() -> str:
        return " ".join(pick.choice(WORDS) for _ in range(pick.randint(1, 8)))

    def message(role: str) -> dict:
        return {"role": role, "content": text(), "name": pick.choice([None, "ada"])}

    return [{
        "messages": [message(role) for role in ["system", "user", "assistant", "user", "assistant"][:pick.randint(0, 5)]],
        "prompt": text(),
        "completion": text(),
        "note": pick.choice([None, "", text()]),
        "input_ids": [pick.randint(0, 2 ** 31 - 1) for _ in range(pick.randint(0, 9))],
        "nested": pick.choice([None, [], [[1], [], None, [2, 3]]]),
        "score": pick.choice([None, 0.5, -1.25, 1e300]),
        "good": pick.choice([None, True, False]),
        "count": pick.choice([None, 0, -(2 ** 63), 2 ** 63 - 1]),
        "label": pick.choice(["cat", "dog", "", None]),
    } for _ in range(ROWS)]


def write_lines(path, lines) -> None:
    path.write_text("".join(json.dumps(line, ensure_ascii=True) + "\n" for line in lines))


def in_batches(table: pa.Table) -> list[pa.RecordBatch]:
    return table.combine_chunks().to_batches(max_chunksize=BATCH)


def write_arrow(folder, name: str, table: pa.Table) -> None:
    with pa.ipc.new_stream(folder / f"{name}-stream.arrow", table.schema) as out:
        [out.write_batch(batch) for batch in in_batches(table)]
    with pa.ipc.new_file(folder / f"{name}-file.arrow", table.schema) as out:
        [out.write_batch(batch) for batch in in_batches(table)]


def other_types(table: pa.Table) -> pa.Table:
    """The same values in Arrow's other words for them."""
    message = pa.struct([("role", pa.dictionary(pa.int8(), pa.string())), ("content", pa.large_string()), ("name", pa.string_view())])
    types = {
        "messages": pa.large_list(message),
        "prompt": pa.large_string(),
        "completion": pa.string_view(),
        "input_ids": pa.list_(pa.uint32()),
        "label": pa.dictionary(pa.int32(), pa.string()),
    }
    columns = [pa.array(table.column(name).to_pylist(), types.get(name, table.schema.field(name).type)) for name in table.column_names]
    return pa.table(columns, names=table.column_names)


def compress(path, codec: str, extension: str) -> None:
    with pa.CompressedOutputStream(str(path) + extension, codec) as out:
        out.write(path.read_bytes())


def text_loader(folder) -> None:
    text = "one\n\n  two \r\nthree\rfour\n\r\nfive\x0bsix\u2028seven\u0085eight\n naïve 🙂\n\nlast"
    (folder / "lines.txt").write_bytes(text.encode())
    loaded = load_dataset("text", data_files=str(folder / "lines.txt"), split="train", cache_dir=str(folder / "cache"))
    write_lines(folder / "lines.jsonl", loaded.to_list())


if __name__ == "__main__":
    import shutil

    disable_progress_bars()
    folder = fixture("data-files")
    all_rows = rows()
    data = Dataset.from_list(all_rows)
    table = data.data.table.combine_chunks()
    assert table.to_pylist() == all_rows

    write_lines(folder / "rows.jsonl", all_rows)
    (folder / "rows.json").write_text(json.dumps(all_rows))
    (folder / "rows-indented.json").write_text(json.dumps(all_rows[:10], indent=2, ensure_ascii=False))
    for codec, extension in (("gzip", ".gz"), ("zstd", ".zst")):
        compress(folder / "rows.jsonl", codec, extension)

    data.to_parquet(folder / "rows.parquet", batch_size=BATCH)
    for codec in ("zstd", "gzip", "none"):
        pa.parquet.write_table(table, folder / f"rows-{codec}.parquet", compression=codec, row_group_size=BATCH, data_page_version="2.0" if codec == "zstd" else "1.0")

    write_arrow(folder, "rows", table)
    write_arrow(folder, "other-types", other_types(table))
    for codec in ("lz4", "zstd"):
        pa.feather.write_feather(table, folder / f"rows-{codec}.feather", compression=codec, chunksize=BATCH)
    data.save_to_disk(folder / "saved", num_shards=3)
    DatasetDict({"train": data.select(range(3)), "test": data.select(range(3, 5))}).save_to_disk(folder / "saved-splits")

    pairs = data.select_columns(["prompt", "completion"])
    write_lines(folder / "pairs.jsonl", pairs.to_list())
    pairs.to_csv(folder / "pairs.csv", index=False)
    pairs.to_pandas().to_csv(folder / "pairs.tsv", index=False, sep="\t", lineterminator="\r\n", quoting=1)

    text_loader(folder)
    shutil.rmtree(folder / "cache")
    write_manifest(folder, "The rows of rows.jsonl in every other rows* and other-types*, in saved/ (save_to_disk) and "
                           "saved-splits/ (five of them, a DatasetDict); pairs.*: two columns of them; lines.jsonl: what "
                           "the loader \"text\" makes of lines.txt.", ["datasets", "pyarrow", "pandas"], SEED)
