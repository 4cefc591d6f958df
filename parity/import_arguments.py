"""What `sft import` knows: every argument of TRL's script for SFT and of LLaMA-Factory, with types and defaults, and
how TRL's own parser reads some command lines.

    python parity/import_arguments.py [CHECKOUT of hiyouga/LLaMA-Factory]

LLaMA-Factory is read, not run: its data classes' names, types and defaults."""
import argparse
import ast
import dataclasses
import json
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

from transformers import Seq2SeqTrainingArguments
from transformers.hf_argparser import HfArgumentParser
from trl import DatasetMixtureConfig, ModelConfig, ScriptArguments, SFTConfig, TrlParser

from common import ROOT, fixture, write_json, write_manifest

RESOURCES = ROOT / "trainer-image/src/main/resources/io/sftjob/trainer/imports"
TRL = (ScriptArguments, SFTConfig, ModelConfig, DatasetMixtureConfig)
LLAMA_FACTORY = ("model_args", "data_args", "training_args", "finetuning_args", "generating_args")
VERSIONS = {p: version(p) for p in ("trl", "transformers")}

COMMAND_LINES = [
    "--model_name_or_path a/b --learning_rate 1e-5 --lora_r 64",
    "--model-name-or-path a/b --learning-rate=3.5e-4 --lora-alpha 16",
    "--packing --use_peft true --load_in_4bit yes --no_gradient_checkpointing --dataloader_pin_memory f",
    "--no-gradient-checkpointing --bf16 False --use_rslora=true",
    "--lora_target_modules q_proj v_proj --lora_modules_to_save lm_head --lora_r 8",
    "--lora-target-modules all-linear",
    "--include_for_metrics inputs loss --seed 1_000 --weight_decay .1",
    "--max_steps -1 --num_train_epochs 2 --max_steps 5",
    "--lr_scheduler_kwargs {\"num_cycles\":3} --run_name=-x",
    "--learning_r 2e-4 --per_device_t 2 --attn-i eager",
]


def trl_parser() -> TrlParser:
    return TrlParser(TRL)


def kind(action: argparse.Action) -> str:
    if action.nargs == "+":
        return "list"
    name = getattr(action.type, "__name__", "str")
    return {"string_to_bool": "bool", "int": "int", "float": "float", "dict": "dict"}.get(name, "str")


def plain(value):
    """As JSON has it; an enum by its value."""
    return json.loads(json.dumps(getattr(value, "value", value)))


def arguments_of(classes, parser: argparse.ArgumentParser) -> list[dict]:
    of = {f.name: c.__name__ for c in classes for f in dataclasses.fields(c)}
    found = {}
    for action in parser._actions:
        if action.dest in of and action.dest not in found:
            found[action.dest] = {"name": action.dest, "of": of[action.dest], "type": kind(action),
                                  "value": plain(action.default)}
    return list(found.values())


def literal(node, names: dict):
    if node is None:
        return None
    if isinstance(node, ast.Attribute):  # a member of an enum
        return names[node.attr]
    if isinstance(node, ast.BinOp):
        return eval(compile(ast.Expression(node), "default", "eval"), {})
    return ast.literal_eval(node)


def field_kind(annotation: str) -> str:
    for word, name in (("bool", "bool"), ("int", "int"), ("float", "float"), ("dict", "dict")):
        if annotation.split(" |")[0].replace("Optional[", "").strip("]") == word:
            return name
    return "str"


def llama_factory(checkout: Path) -> dict:
    commit = subprocess.check_output(["git", "-C", checkout, "rev-parse", "HEAD"], text=True).strip()

    def source(path: str) -> ast.Module:
        return ast.parse(subprocess.check_output(["git", "-C", checkout, "show", f"HEAD:{path}"], text=True))

    enums = {t.id: n.value.value
             for c in source("src/llamafactory/extras/constants.py").body if isinstance(c, ast.ClassDef)
             for n in c.body if isinstance(n, ast.Assign) and isinstance(n.value, ast.Constant)
             for t in n.targets}
    found = {a["name"]: a for a in arguments_of(
        [Seq2SeqTrainingArguments], HfArgumentParser(Seq2SeqTrainingArguments))}
    for module in LLAMA_FACTORY:
        for c in source(f"src/llamafactory/hparams/{module}.py").body:
            for n in c.body if isinstance(c, ast.ClassDef) else []:
                if not isinstance(n, ast.AnnAssign):
                    continue
                keywords = {k.arg: k.value for k in n.value.keywords} if isinstance(n.value, ast.Call) else {}
                if "init" in keywords:
                    continue
                found[n.target.id] = {"name": n.target.id, "of": c.name, "type": field_kind(ast.unparse(n.annotation)),
                                      "value": literal(keywords.get("default"), enums)}
    return {"versions": f"LLaMA-Factory {commit[:12]}, transformers {VERSIONS['transformers']}",
            "arguments": list(found.values())}


def write(name: str, content: dict) -> None:
    """One argument a line."""
    lines = ",\n".join("    " + json.dumps(a) for a in content["arguments"])
    RESOURCES.joinpath(name).write_text(
        "{\n  \"versions\": %s,\n  \"arguments\": [\n%s\n  ]\n}\n" % (json.dumps(content["versions"]), lines))


def given(line: str) -> dict:
    """Only what the line says, as TRL's parser reads it."""
    parser = trl_parser()
    for action in parser._actions:
        action.default = argparse.SUPPRESS
    found, rest = parser.parse_known_args(line.split())
    assert not rest, rest
    return {name: plain(value) for name, value in vars(found).items()}


if __name__ == "__main__":
    write("trl.json", {"versions": ", ".join(f"{p} {v}" for p, v in VERSIONS.items()),
                       "arguments": arguments_of(TRL, trl_parser())})
    if len(sys.argv) > 1:
        write("llamafactory.json", llama_factory(Path(sys.argv[1])))
    folder = fixture("import")
    write_json(folder / "command-lines.json", [{"line": line, "given": given(line)} for line in COMMAND_LINES], indent=1)
    write_manifest(folder, "What TrlParser reads of some command lines.", ["trl", "transformers"])
