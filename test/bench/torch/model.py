"""A qwen2 transformer in plain PyTorch, frozen below LoRA pairs or trained as a whole: the peer of our benches."""

import math
from dataclasses import dataclass

import torch
import torch.nn.functional as functional
from torch import nn


@dataclass
class Shape:
    layers: int
    width: int
    heads: int
    key_value_heads: int
    feed_forward: int
    vocabulary: int

    @property
    def head_size(self) -> int:
        return self.width // self.heads


@dataclass
class Kind:
    """What is trained: LoRA pairs of `rank` beside frozen matrices, or with rank 0 everything."""

    rank: int
    alpha: float
    dtype: torch.dtype

    @property
    def trains_all(self) -> bool:
        return self.rank == 0


class Linear(nn.Module):
    """y = W x + b, and (alpha / rank) B A x where W is frozen. A and B stay in float32."""

    def __init__(self, inputs: int, outputs: int, bias: bool, kind: Kind) -> None:
        super().__init__()
        weight = (torch.randn(outputs, inputs) / math.sqrt(inputs)).to(kind.dtype)
        self.weight = nn.Parameter(weight, requires_grad=kind.trains_all)
        self.bias = nn.Parameter(torch.zeros(outputs, dtype=kind.dtype), requires_grad=kind.trains_all) if bias else None
        self.scale = 0.0 if kind.trains_all else kind.alpha / kind.rank
        if not kind.trains_all:
            self.a = nn.Parameter(torch.randn(kind.rank, inputs) / math.sqrt(inputs))
            self.b = nn.Parameter(torch.zeros(outputs, kind.rank))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        y = functional.linear(x, self.weight, self.bias)
        if self.scale == 0.0:
            return y
        hidden = functional.linear(x, self.a.to(x.dtype))
        return y + functional.linear(hidden, self.b.to(x.dtype)) * self.scale


class RmsNorm(nn.Module):
    def __init__(self, width: int, kind: Kind) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.ones(width, dtype=kind.dtype), requires_grad=kind.trains_all)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return x * torch.rsqrt(x.pow(2).mean(-1, keepdim=True) + 1e-6) * self.weight


@dataclass
class Positions:
    cosine: torch.Tensor
    sine: torch.Tensor
    mask: torch.Tensor

    @staticmethod
    def of(length: int, head_size: int, dtype: torch.dtype) -> "Positions":
        frequencies = 1e6 ** (-torch.arange(0, head_size, 2).float() / head_size)
        angles = torch.arange(length).float()[:, None] * frequencies[None]
        mask = torch.full((length, length), float("-inf")).triu(1)
        return Positions(angles.cos().to(dtype), angles.sin().to(dtype), mask.to(dtype))


def turn(x: torch.Tensor, positions: Positions) -> torch.Tensor:
    """Rotary position embedding of halves."""
    first, second = x.chunk(2, -1)
    cosine, sine = positions.cosine, positions.sine
    return torch.cat([first * cosine - second * sine, second * cosine + first * sine], -1)


class Layer(nn.Module):
    def __init__(self, shape: Shape, kind: Kind) -> None:
        super().__init__()
        self.shape = shape
        width, key_value = shape.width, shape.head_size * shape.key_value_heads
        self.attention_norm = RmsNorm(width, kind)
        self.q = Linear(width, width, True, kind)
        self.k = Linear(width, key_value, True, kind)
        self.v = Linear(width, key_value, True, kind)
        self.o = Linear(width, width, False, kind)
        self.feed_forward_norm = RmsNorm(width, kind)
        self.gate = Linear(width, shape.feed_forward, False, kind)
        self.up = Linear(width, shape.feed_forward, False, kind)
        self.down = Linear(shape.feed_forward, width, False, kind)

    def forward(self, x: torch.Tensor, positions: Positions) -> torch.Tensor:
        x = x + self.attention(self.attention_norm(x), positions)
        normed = self.feed_forward_norm(x)
        return x + self.down(functional.silu(self.gate(normed)) * self.up(normed))

    def attention(self, x: torch.Tensor, positions: Positions) -> torch.Tensor:
        rows, length, width = x.shape
        shape = self.shape

        def heads(values: torch.Tensor, count: int) -> torch.Tensor:
            return values.view(rows, length, count, shape.head_size).transpose(1, 2)

        group = shape.heads // shape.key_value_heads
        q = turn(heads(self.q(x), shape.heads), positions)
        k = turn(heads(self.k(x), shape.key_value_heads), positions).repeat_interleave(group, 1)
        v = heads(self.v(x), shape.key_value_heads).repeat_interleave(group, 1)
        scores = q @ k.transpose(-1, -2) / math.sqrt(shape.head_size) + positions.mask
        mixed = torch.softmax(scores, -1) @ v
        return self.o(mixed.transpose(1, 2).reshape(rows, length, width))


class Transformer(nn.Module):
    """The embedding is the output matrix too."""

    def __init__(self, shape: Shape, kind: Kind) -> None:
        super().__init__()
        embedding = (torch.randn(shape.vocabulary, shape.width) * 0.02).to(kind.dtype)
        self.embedding = nn.Parameter(embedding, requires_grad=kind.trains_all)
        self.layers = nn.ModuleList([Layer(shape, kind) for _ in range(shape.layers)])
        self.norm = RmsNorm(shape.width, kind)

    def forward(self, tokens: torch.Tensor, positions: Positions) -> torch.Tensor:
        """Logits of every position, in float32."""
        x = functional.embedding(tokens, self.embedding)
        for layer in self.layers:
            x = layer(x, positions)
        return functional.linear(self.norm(x), self.embedding).float()
