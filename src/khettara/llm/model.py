"""The model: a Qwen3-shaped transformer, in the order in which a token passes through it.

RMSNorm before each part, attention over few key-value heads (GQA) with normalised queries and keys, rotary positions, a gated
feed-forward layer (SwiGLU), and one table of vectors for reading and for speaking. Parameters carry the names of Hugging Face's
Qwen3, so that `model.safetensors` and `config.json` open in transformers, vLLM and llama.cpp as they are.

    tokens (rows, length)  ->  logits (rows, length, vocabulary)
"""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import cast

from khettara.errors import Tampered, storage_errors
from khettara.llm.extra import needs_llm
from khettara.llm.settings import ModelConfig

with needs_llm():
    import torch
    from safetensors import SafetensorError
    from safetensors.torch import load_file, save_file
    from torch import Tensor, nn
    from torch.nn import functional

Cache = list[tuple[Tensor, Tensor]]
"""Keys and values of every layer for the tokens read so far."""


class Attention(nn.Module):
    """Each token looks at those before it, as far as `mask` allows."""

    def __init__(self, c: ModelConfig) -> None:
        super().__init__()
        self.width, self.groups = c.head_width, c.heads // c.kv_heads
        self.q_proj = nn.Linear(c.hidden, c.heads * c.head_width, bias=False)
        self.k_proj = nn.Linear(c.hidden, c.kv_heads * c.head_width, bias=False)
        self.v_proj = nn.Linear(c.hidden, c.kv_heads * c.head_width, bias=False)
        self.o_proj = nn.Linear(c.heads * c.head_width, c.hidden, bias=False)
        self.q_norm = nn.RMSNorm(c.head_width, eps=c.norm_eps)
        self.k_norm = nn.RMSNorm(c.head_width, eps=c.norm_eps)

    def forward(
        self, x: Tensor, rotation: tuple[Tensor, Tensor], mask: Tensor, past: tuple[Tensor, Tensor] | None
    ) -> tuple[Tensor, tuple[Tensor, Tensor]]:
        """Returns what was seen, and the keys and values of all tokens so far."""
        rows, length, _ = x.shape
        q = _rotate(self.q_norm(self.q_proj(x).view(rows, length, -1, self.width)).transpose(1, 2), rotation)
        k = _rotate(self.k_norm(self.k_proj(x).view(rows, length, -1, self.width)).transpose(1, 2), rotation)
        v = self.v_proj(x).view(rows, length, -1, self.width).transpose(1, 2)
        if past is not None:
            k, v = torch.cat((past[0], k), 2), torch.cat((past[1], v), 2)
        seen = functional.scaled_dot_product_attention(q, k.repeat_interleave(self.groups, 1), v.repeat_interleave(self.groups, 1), attn_mask=mask)
        return self.o_proj(seen.transpose(1, 2).reshape(rows, length, -1)), (k, v)


class FeedForward(nn.Module):
    """SwiGLU: one matrix opens or closes what another lets through."""

    def __init__(self, c: ModelConfig) -> None:
        super().__init__()
        self.gate_proj = nn.Linear(c.hidden, c.feed_forward, bias=False)
        self.up_proj = nn.Linear(c.hidden, c.feed_forward, bias=False)
        self.down_proj = nn.Linear(c.feed_forward, c.hidden, bias=False)

    def forward(self, x: Tensor) -> Tensor:
        """Each token on its own."""
        return cast(Tensor, self.down_proj(functional.silu(self.gate_proj(x)) * self.up_proj(x)))


class Layer(nn.Module):
    """Attention, then feed-forward; each adds to what came in."""

    def __init__(self, c: ModelConfig) -> None:
        super().__init__()
        self.input_layernorm = nn.RMSNorm(c.hidden, eps=c.norm_eps)
        self.self_attn = Attention(c)
        self.post_attention_layernorm = nn.RMSNorm(c.hidden, eps=c.norm_eps)
        self.mlp = FeedForward(c)

    def forward(
        self, x: Tensor, rotation: tuple[Tensor, Tensor], mask: Tensor, past: tuple[Tensor, Tensor] | None
    ) -> tuple[Tensor, tuple[Tensor, Tensor]]:
        """As `Attention.forward`."""
        seen, kept = self.self_attn(self.input_layernorm(x), rotation, mask, past)
        x = x + seen
        return x + self.mlp(self.post_attention_layernorm(x)), kept


class Body(nn.Module):
    """The layers between the table of vectors and the logits."""

    def __init__(self, c: ModelConfig) -> None:
        super().__init__()
        self.embed_tokens = nn.Embedding(c.vocabulary, c.hidden)
        self.layers = nn.ModuleList(Layer(c) for _ in range(c.layers))
        self.norm = nn.RMSNorm(c.hidden, eps=c.norm_eps)


class Model(nn.Module):
    """See the module's description. The output matrix is the table of vectors itself (tied)."""

    def __init__(self, config: ModelConfig) -> None:
        super().__init__()
        self.config = config
        self.model = Body(config)

    @property
    def parameter_count(self) -> int:
        """Numbers in the model."""
        return sum(p.numel() for p in self.parameters())

    def initialise(self, seed: int) -> None:
        """Random weights: normal with deviation 0.02, smaller where layers add up (GPT-2's rule); norms start at one."""
        generator = torch.Generator().manual_seed(seed)
        for name, parameter in self.named_parameters():
            if parameter.dim() == 2:
                adds_up = name.endswith(("o_proj.weight", "down_proj.weight"))
                nn.init.normal_(parameter, 0.0, 0.02 / math.sqrt(2 * self.config.layers) if adds_up else 0.02, generator=generator)
            else:
                nn.init.ones_(parameter)

    def forward(self, tokens: Tensor, documents: Tensor | None = None, cache: Cache | None = None) -> Tensor:
        """The logits of each next token.

        Args:
            tokens: ids, (rows, length).
            documents: which document each token belongs to: a token sees only its own. None: one document a row.
            cache: what was read before; it is extended in place. An empty list begins one.
        """
        before = cache[0][0].shape[2] if cache else 0
        length = tokens.shape[1]
        positions = torch.arange(before, before + length)
        mask = positions[:, None] >= torch.arange(before + length)
        if documents is not None:
            mask = mask & (documents[:, None, :, None] == documents[:, None, None, :])
        rotation = _rotation(positions, self.config)
        x = self.model.embed_tokens(tokens)
        for number, layer in enumerate(self.model.layers):
            x, kept = layer(x, rotation, mask, cache[number] if cache and before else None)
            if cache is not None:
                cache[number : number + 1] = [kept]
        return functional.linear(self.model.norm(x), self.model.embed_tokens.weight)


def _rotation(positions: Tensor, c: ModelConfig) -> tuple[Tensor, Tensor]:
    """Cosines and sines by which queries and keys at these positions are turned, each (length, head width)."""
    frequencies = c.rope_theta ** (-torch.arange(0, c.head_width, 2, dtype=torch.float32) / c.head_width)
    angles = positions[:, None].float() * frequencies
    angles = torch.cat((angles, angles), -1)
    return angles.cos(), angles.sin()


def _rotate(x: Tensor, rotation: tuple[Tensor, Tensor]) -> Tensor:
    """Turn each pair (i, i + half) of `x`, the layout of Hugging Face."""
    first, second = x.chunk(2, -1)
    return x * rotation[0] + torch.cat((-second, first), -1) * rotation[1]


def save_model(model: Model, folder: Path) -> None:
    """Write `config.json`, `generation_config.json` and `model.safetensors`."""
    config = model.config.to_hf()
    generation = {name: config[name] for name in ("bos_token_id", "eos_token_id", "pad_token_id")}
    with storage_errors(folder):
        (folder / "config.json").write_text(json.dumps(config, indent=1) + "\n", encoding="utf-8")
        (folder / "generation_config.json").write_text(json.dumps(generation, indent=1) + "\n", encoding="utf-8")
        save_file(model.state_dict(), folder / "model.safetensors", metadata={"format": "pt"})


def load_model(folder: Path) -> Model:
    """Read a model that `save_model` wrote. Raises `Tampered` when the weights do not fit the configuration."""
    try:
        model = Model(ModelConfig.from_hf(json.loads((folder / "config.json").read_text(encoding="utf-8"))))
        model.load_state_dict(load_file(folder / "model.safetensors"))
    except (OSError, ValueError, KeyError, RuntimeError, SafetensorError) as error:
        raise Tampered("the weights do not read", where=str(folder), hint=f"`khettara verify {folder}` says which file differs.") from error
    return model.eval()
