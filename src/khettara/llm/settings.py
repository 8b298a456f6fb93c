"""Settings of a model and of its training. Nothing heavy is imported here: recipes and the command line read this file.

- train: {data: clean, to: model, settings: {steps: 400, seed: 1}}
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, field_validator

VERSION = 1
"""Of the training: to be raised when the same settings begin to give other weights."""


@dataclass(frozen=True)
class ModelConfig:
    """The shape of a model; `config.json` is derived from it."""

    vocabulary: int
    context: int
    hidden: int
    layers: int
    heads: int
    kv_heads: int
    head_width: int
    feed_forward: int
    end_id: int = 0
    pad_id: int = 1
    rope_theta: float = 10_000.0
    norm_eps: float = 1e-6

    def to_hf(self) -> dict[str, Any]:
        """The content of `config.json`: transformers, vLLM and llama.cpp's converter open the model as a Qwen3 with it."""
        return {
            "architectures": ["Qwen3ForCausalLM"],
            "model_type": "qwen3",
            "vocab_size": self.vocabulary,
            "max_position_embeddings": self.context,
            "hidden_size": self.hidden,
            "num_hidden_layers": self.layers,
            "num_attention_heads": self.heads,
            "num_key_value_heads": self.kv_heads,
            "head_dim": self.head_width,
            "intermediate_size": self.feed_forward,
            "bos_token_id": self.end_id,
            "eos_token_id": self.end_id,
            "pad_token_id": self.pad_id,
            "rope_theta": self.rope_theta,
            "rms_norm_eps": self.norm_eps,
            "hidden_act": "silu",
            "attention_bias": False,
            "attention_dropout": 0.0,
            "tie_word_embeddings": True,
            "use_sliding_window": False,
            "torch_dtype": "float32",
        }

    @classmethod
    def from_hf(cls, config: dict[str, Any]) -> ModelConfig:
        """The inverse of `to_hf`."""
        return cls(
            vocabulary=config["vocab_size"],
            context=config["max_position_embeddings"],
            hidden=config["hidden_size"],
            layers=config["num_hidden_layers"],
            heads=config["num_attention_heads"],
            kv_heads=config["num_key_value_heads"],
            head_width=config["head_dim"],
            feed_forward=config["intermediate_size"],
            end_id=config["eos_token_id"],
            pad_id=config["pad_token_id"],
            rope_theta=config["rope_theta"],
            norm_eps=config["rms_norm_eps"],
        )


SIZES: dict[str, dict[str, int]] = {
    # name: everything of ModelConfig that does not depend on the tokenizer and the context
    "tiny": {"hidden": 32, "layers": 2, "heads": 2, "kv_heads": 1, "head_width": 16, "feed_forward": 64},
    # About 80 s on one core with the usual number of steps.
    "demo": {"hidden": 160, "layers": 3, "heads": 2, "kv_heads": 1, "head_width": 64, "feed_forward": 480},
}


class TrainSettings(BaseModel):
    """Everything that decides which weights come out of the same data: same settings, same machine kind, same weights."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    size: str = "demo"
    vocabulary: int = Field(default=2048, ge=300, le=65_280, description="tokens, the special ones included; 65,535 is the index's separator")
    context: int = Field(default=128, ge=8, description="tokens in a row")
    batch: int = Field(default=8, ge=1, description="rows in a step")
    steps: int = Field(default=450, ge=1)
    seconds: float | None = Field(default=None, gt=0, description="instead of steps: their number is measured at the start, and written down")
    matrix_rate: float = Field(default=0.03, gt=0, description="Muon's learning rate, for the matrices of the body")
    rate: float = Field(default=6e-3, gt=0, description="AdamW's, for the embedding and the norms")
    weight_decay: float = Field(default=0.1, ge=0, description="of the matrices; without it a small corpus is soon learnt by heart")
    warm_up: float = Field(default=0.02, ge=0, le=1, description="share of the steps")
    cool_down: float = Field(default=0.5, ge=0, le=1, description="share of the steps")
    clip: float = Field(default=1.0, gt=0)
    held_out_at_most: int = Field(default=600, ge=1, description="documents kept for evaluation: enough for a narrow figure, few to measure")
    held_out: float = Field(default=0.08, gt=0, lt=1, description="share of the documents kept for evaluation, by the hash of their ids")
    seed: int = Field(default=0, ge=0)
    threads: int = Field(default=1, ge=1, description="decides in which order floats are summed, hence the weights")
    checkpoint_every: int = Field(default=100, ge=1, description="steps")

    @field_validator("size")
    @classmethod
    def _known(cls, value: str) -> str:
        if value not in SIZES:
            raise ValueError(f"unknown size {value!r}; known sizes: {', '.join(SIZES)}")
        return value

    def model(self, vocabulary: int, end_id: int, pad_id: int) -> ModelConfig:
        """The shape of the model, once the tokenizer is known."""
        return ModelConfig(vocabulary=vocabulary, context=self.context, end_id=end_id, pad_id=pad_id, **SIZES[self.size])
