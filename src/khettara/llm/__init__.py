"""The language model's room: tokenizer, packing, model, training, evaluation, and answers walked back to their sources.

Importing it does nothing but define names; torch and its friends are imported by the modules that need them:

    from khettara.llm.train import train_model
    from khettara.llm.answer import ask
"""

from khettara.llm.settings import SIZES, ModelConfig, TrainSettings

__all__ = ["SIZES", "ModelConfig", "TrainSettings"]
