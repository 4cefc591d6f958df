"""config.json of each family with the keys its authors publish and tiny sizes.

Baichuan's four networks share one model_type. What tells them apart is in README.md ("Which Baichuan").
"""

CHATGLM3 = {
    "_name_or_path": "THUDM/chatglm3-6b", "model_type": "chatglm", "architectures": ["ChatGLMModel"],
    "auto_map": {
        "AutoConfig": "configuration_chatglm.ChatGLMConfig",
        "AutoModel": "modeling_chatglm.ChatGLMForConditionalGeneration",
        "AutoModelForCausalLM": "modeling_chatglm.ChatGLMForConditionalGeneration",
        "AutoModelForSeq2SeqLM": "modeling_chatglm.ChatGLMForConditionalGeneration",
        "AutoModelForSequenceClassification": "modeling_chatglm.ChatGLMForSequenceClassification"},
    "add_bias_linear": False, "add_qkv_bias": True, "apply_query_key_layer_scaling": True,
    "apply_residual_connection_post_layernorm": False, "attention_dropout": 0.0, "attention_softmax_in_fp32": True,
    "bias_dropout_fusion": True, "ffn_hidden_size": 72, "fp32_residual_connection": False, "hidden_dropout": 0.0,
    "hidden_size": 32, "kv_channels": 8, "layernorm_epsilon": 1e-05, "multi_query_attention": True,
    "multi_query_group_num": 2, "num_attention_heads": 4, "num_layers": 2, "original_rope": True,
    "padded_vocab_size": 192, "post_layer_norm": True, "rmsnorm": True, "seq_length": 8192, "use_cache": True,
    "torch_dtype": "float16", "transformers_version": "4.30.2", "tie_word_embeddings": False, "eos_token_id": 2,
    "pad_token_id": 0}

CHATGLM3_32K = {**CHATGLM3, "_name_or_path": "THUDM/chatglm3-6b-32k", "rope_ratio": 50, "seq_length": 32768}

QWEN = {
    "architectures": ["QWenLMHeadModel"],
    "auto_map": {"AutoConfig": "configuration_qwen.QWenConfig", "AutoModelForCausalLM": "modeling_qwen.QWenLMHeadModel"},
    "attn_dropout_prob": 0.0, "bf16": False, "emb_dropout_prob": 0.0, "fp16": False, "fp32": False, "hidden_size": 32,
    "intermediate_size": 144, "initializer_range": 0.02, "kv_channels": 8, "layer_norm_epsilon": 1e-06,
    "max_position_embeddings": 32768, "model_type": "qwen", "no_bias": True, "num_attention_heads": 4,
    "num_hidden_layers": 2, "onnx_safe": None, "rotary_emb_base": 10000, "rotary_pct": 1.0, "scale_attn_weights": True,
    "seq_length": 8192, "tie_word_embeddings": False, "tokenizer_class": "QWenTokenizer", "torch_dtype": "bfloat16",
    "transformers_version": "4.32.0", "use_cache": True, "use_dynamic_ntk": True, "use_flash_attn": "auto",
    "use_logn_attn": True, "vocab_size": 192}

QWEN_LONG = {**QWEN, "seq_length": 32}

_BAICHUAN = {
    "architectures": ["BaichuanForCausalLM"],
    "auto_map": {"AutoConfig": "configuration_baichuan.BaichuanConfig",
                 "AutoModelForCausalLM": "modeling_baichuan.BaichuanForCausalLM"},
    "bos_token_id": 1, "eos_token_id": 2, "hidden_act": "silu", "hidden_size": 32, "initializer_range": 0.02,
    "intermediate_size": 88, "model_type": "baichuan", "num_attention_heads": 4, "num_hidden_layers": 2,
    "pad_token_id": 0, "rms_norm_eps": 1e-06, "tie_word_embeddings": False, "torch_dtype": "bfloat16",
    "transformers_version": "4.29.2", "use_cache": True, "vocab_size": 192}

BAICHUAN_7B = {
    **_BAICHUAN, "architectures": ["BaiChuanForCausalLM"],
    "auto_map": {"AutoConfig": "configuration_baichuan.BaiChuanConfig",
                 "AutoModelForCausalLM": "modeling_baichuan.BaiChuanForCausalLM"},
    "max_position_embeddings": 4096, "transformers_version": "4.29.1"}

BAICHUAN2_7B = {**_BAICHUAN, "_from_model_config": True, "tokenizer_class": "BaichuanTokenizer",
                "max_position_embeddings": 4096, "model_max_length": 4096}

BAICHUAN_13B = {**_BAICHUAN, "_from_model_config": True, "gradient_checkpointing": False, "hidden_size": 40,
                "num_attention_heads": 5, "model_max_length": 4096}

BAICHUAN2_13B = {**_BAICHUAN, "_from_model_config": True, "gradient_checkpointing": False,
                 "tokenizer_class": "BaichuanTokenizer", "model_max_length": 4096}
