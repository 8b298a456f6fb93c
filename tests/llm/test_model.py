"""The model reads what it may and nothing else, and opens elsewhere under the names it is saved with."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch

from khettara.errors import Tampered
from khettara.llm.model import Cache, Model, load_model, save_model
from khettara.llm.settings import SIZES, ModelConfig, TrainSettings

CONFIG = TrainSettings(size="tiny", context=32).model(vocabulary=300, end_id=0, pad_id=1)


@pytest.fixture
def model() -> Model:
    made = Model(CONFIG)
    made.initialise(seed=3)
    return made.eval()


def ids(*shape: int) -> torch.Tensor:
    return torch.randint(0, 300, shape, generator=torch.Generator().manual_seed(1))


def test_a_token_does_not_see_what_follows(model: Model) -> None:
    """Changing a later token changes no earlier logits."""
    tokens = ids(1, 12)
    other = tokens.clone()
    other[0, 8:] = 7
    assert torch.equal(model(tokens)[:, :8], model(other)[:, :8])


def test_documents_in_a_row_do_not_see_one_another(model: Model) -> None:
    """A document's logits are the same alone and behind another document."""
    tokens = ids(1, 12)
    together = model(tokens, torch.tensor([[0] * 5 + [1] * 7]))
    torch.testing.assert_close(together[:, 5:], model(tokens[:, 5:]), atol=1e-5, rtol=1e-4)


def test_the_cache_changes_nothing(model: Model) -> None:
    """Read at once or token by token after a prompt, the logits are the same."""
    tokens = ids(1, 10)
    cache: Cache = []
    steps = [model(tokens[:, :4], cache=cache), *(model(tokens[:, k : k + 1], cache=cache) for k in range(4, 10))]
    torch.testing.assert_close(torch.cat(steps, 1), model(tokens), atol=1e-5, rtol=1e-4)


def test_saved_and_loaded_it_is_the_same(model: Model, tmp_path: Path) -> None:
    """The weights come back bit by bit, under the names of Hugging Face's Qwen3."""
    save_model(model, tmp_path)
    loaded = load_model(tmp_path)
    assert loaded.config == CONFIG
    assert torch.equal(loaded(ids(2, 9)), model(ids(2, 9)))
    names = set(model.state_dict())
    assert {
        "model.embed_tokens.weight",
        "model.layers.1.self_attn.q_norm.weight",
        "model.layers.0.mlp.gate_proj.weight",
        "model.norm.weight",
    } <= names


def test_weights_that_do_not_fit_are_named(model: Model, tmp_path: Path) -> None:
    """A cut file of weights gives one clear error."""
    save_model(model, tmp_path)
    weights = tmp_path / "model.safetensors"
    weights.write_bytes(weights.read_bytes()[:-100])
    with pytest.raises(Tampered, match="do not read"):
        load_model(tmp_path)


def test_the_demo_size_is_small() -> None:
    """One to two million parameters, so that a laptop trains it in about a minute."""
    settings = TrainSettings()
    assert 1_000_000 < Model(settings.model(settings.vocabulary, 0, 1)).parameter_count < 2_000_000


@pytest.mark.parametrize("size", SIZES)
def test_the_configuration_survives_hugging_face(size: str) -> None:
    """`config.json` holds everything that the shape is made of."""
    config = TrainSettings(size=size).model(vocabulary=500, end_id=0, pad_id=1)
    assert ModelConfig.from_hf(config.to_hf()) == config


def test_transformers_computes_the_same(model: Model, tmp_path: Path) -> None:
    """Where transformers is installed: the same logits from the saved folder."""
    transformers = pytest.importorskip("transformers", reason="interop is checked where transformers is installed")
    save_model(model, tmp_path)
    other = transformers.AutoModelForCausalLM.from_pretrained(tmp_path).eval()
    with torch.no_grad():
        torch.testing.assert_close(other(ids(2, 9)).logits, model(ids(2, 9)), atol=1e-4, rtol=1e-4)
