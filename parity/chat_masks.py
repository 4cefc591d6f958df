"""TRL's chat templates, rendered by transformers, and which characters of each are the assistant's by TRL's training
variants of them."""
from common import FIXTURES, fixture, write_json, write_manifest

from pathlib import Path

import trl
from transformers import PreTrainedTokenizerFast
from transformers.utils.chat_template_utils import render_jinja_template

from chat_templates import ANSWER, CONVERSATIONS, QUESTION, SPECIALS, TOOL_CONVERSATIONS, TOOLS, message

TEMPLATES = Path(trl.__file__).parent / "chat_templates"
FAMILIES = ["cohere", "cohere2", "deepseek_r1_distill", "deepseekv3", "gemma", "gemma3", "glm4moe", "gptoss", "lfm2_v2",
            "llama3", "llama3_1", "llama3_2", "nemotron_3_nano", "phi3", "phi3_5", "qwen2_5", "qwen3", "qwen3_5_think",
            "qwen3_8", "qwen3_instruct_2507"]
NOW = "2024-07-26T09:05:01"


def call(name: str, arguments: dict, content="", **more) -> dict:
    return {"role": "assistant", "content": content, "tool_calls": [
        {"type": "function", "id": "abcdefgh1", "function": {"name": name, "arguments": arguments}}], **more}


def conversations() -> dict[str, list]:
    plain = {k: CONVERSATIONS[k] for k in ("answered", "system", "turns", "system and turns", "unicode", "spaces",
                                           "specials inside", "thinking")}
    weather = call("get_weather", {"city": "Köln", "days": 2})
    result = {**message("tool", "{\"t\": 20.5}"), "name": "get_weather", "tool_call_id": "abcdefgh1"}
    return {
        **plain,
        "thinks last": [QUESTION, ANSWER, message("user", "And?"), message("assistant", "<think>\nHm.\n</think>\n\nRome.")],
        "reasoning field": [QUESTION, {**ANSWER, "reasoning_content": "It is Paris."}],
        "begins as a header": [QUESTION, message("assistant", "<b>bold</b>"), message("user", "And?"),
                               message("assistant", "<|nothing|>")],
        "tool": [message("user", "Weather in Köln?"), weather, result, message("assistant", "20.5 °C.")],
        "tool, then more": [message("user", "Weather in Köln?"), weather, result, message("assistant", "20.5 °C."),
                            message("user", "Thanks!"), message("assistant", "Welcome.")],
    }


def fixed_time(monkey) -> None:
    """`strftime_now` of transformers asks the clock; a fixture must not."""
    import datetime as real

    class Fixed(real.datetime):
        @classmethod
        def now(cls, tz=None):
            return cls.fromisoformat(NOW)

    monkey.datetime = Fixed


def rendered(template: str, messages: list, tools, prompt: bool = False, **variables) -> dict:
    try:
        texts, spans = render_jinja_template(
            conversations=[messages], chat_template=template, tools=tools, add_generation_prompt=prompt,
            return_assistant_tokens_mask="generation" in template and "endgeneration" in template, **SPECIALS, **variables)
    except Exception as e:
        return {"error": str(e), "errorType": type(e).__name__}
    return {"text": texts[0], **({"spans": [list(s) for s in spans[0]]} if spans and spans[0] else {})}


def tagged(name: str) -> str:
    """Qwen3's own template with the answers marked and not a character changed: TRL's variants keep every thought."""
    text = (TEMPLATES / f"{name}.jinja").read_text()
    head, branch = text.split('{%- elif message.role == "assistant" %}')
    branch, tail = branch.split('{%- elif message.role == "tool" %}')
    header = "'<|im_start|>' + message.role + '\\n"
    assert header + "'" in branch and header + "<think>" in branch and branch.count("{%- if loop.index0 >") == 1
    branch = branch.replace(header + "' + ", "").replace(header, "'")
    branch = branch.replace("{%- if loop.index0 >", "{{- " + header + "' }}{%- generation %}{%- if loop.index0 >")
    assert branch.endswith("{{- '<|im_end|>\\n' }}\n    ")
    branch = branch.rstrip().removesuffix("{{- '<|im_end|>\\n' }}") + "{{- '<|im_end|>' }}{%- endgeneration %}{{- '\\n' }}\n    "
    return f'{head}{{%- elif message.role == "assistant" %}}{branch}{{%- elif message.role == "tool" %}}{tail}'


def answers(name: str) -> list[dict]:
    """What the template's own text gives to the assistant, whatever it does to earlier turns."""
    original, marked = (TEMPLATES / f"{name}.jinja").read_text(), tagged(name)
    found = []
    for key, messages in conversations().items():
        for variables in ({}, {"enable_thinking": False}):
            tools = TOOLS if key.startswith("tool") else None
            plain = rendered(original, messages, tools, **variables)
            case = rendered(marked, messages, tools, **variables)
            assert plain["text"] == case["text"], (name, key)
            found.append({"family": name, "conversation": key, "variables": variables, **case})
    return found


def cases(name: str) -> list[dict]:
    original = (TEMPLATES / f"{name}.jinja").read_text()
    training = TEMPLATES / f"{name}_training.jinja"
    training = training.read_text() if training.exists() else None
    found = []
    for key, messages in conversations().items():
        tools = TOOLS if key.startswith("tool") else None
        found.append({"family": name, "conversation": key, "original": rendered(original, messages, tools),
                      "prompt": rendered(original, messages, tools, prompt=True),
                      **({"training": rendered(training, messages, tools)} if training else {})})
    return found


def tokens() -> list[dict]:
    """Token masks on the small ChatML vocabulary."""
    small = PreTrainedTokenizerFast(tokenizer_file=str(FIXTURES / "gguf/tokenizer.json"))
    marked = {**{n: (TEMPLATES / f"{n}.jinja").read_text() for n in ("qwen2_5_training", "qwen3_training")},
              "qwen3": tagged("qwen3")}
    found = []
    for name, template in marked.items():
        for key, messages in conversations().items():
            out = small.apply_chat_template(
                messages, chat_template=template, tools=TOOLS if key.startswith("tool") else None, return_dict=True,
                return_assistant_tokens_mask=True)
            found.append({"family": name, "conversation": key, "ids": out["input_ids"],
                          "assistantMask": out["assistant_masks"]})
    return found


def template_texts() -> dict[str, str]:
    wanted = [TEMPLATES / f"{n}{kind}.jinja" for n in FAMILIES for kind in ("", "_training")]
    return {p.stem: p.read_text() for p in wanted if p.exists()}


if __name__ == "__main__":
    import transformers.utils.chat_template_utils as utils
    fixed_time(utils)
    folder = fixture("chat-masks")
    write_json(folder / "expected.json", {
        "specials": SPECIALS, "now": NOW, "templates": template_texts(), "conversations": conversations(), "tools": TOOLS,
        "cases": [c for n in FAMILIES for c in cases(n)],
        "answers": [a for n in ("qwen3", "qwen3_5_think") for a in answers(n)],
        "tokens": tokens()}, indent=0)
    write_manifest(folder, "render_jinja_template of the chat templates that TRL ships (Apache-2.0; the originals are the "
                           "model publishers'), without and with a generation prompt, and of TRL's training variants of "
                           "them; spans count code points and are what {% generation %} encloses. Conversations named "
                           "tool are given `tools`. answers: spans of Qwen3's own text, from its template with generation "
                           "tags put in that change no character (checked). tokens: masks over the small vocabulary, for "
                           "TRL's variants as they are and for that marked template.", ["transformers", "trl", "jinja2"])
