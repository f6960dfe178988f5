# SPDX-License-Identifier: Apache-2.0
"""How much one server costs by another, from paired rounds, with the interval that holds the true ratio in 95 of 100 cases."""

from __future__ import annotations

import dataclasses
import math
import statistics

CONFIDENCE = 0.95


def within(t: float, freedom: int) -> float:
    """Probability that Student's t of so many degrees of freedom is within ±t (Abramowitz and Stegun, 26.7.3 and 26.7.4)."""
    angle = math.atan2(t, math.sqrt(freedom))
    cosine = math.cos(angle)
    odd = freedom % 2
    term = cosine if odd else 1.0
    total = 0.0
    for power in range(1 + odd, freedom, 2):
        total += term
        term *= cosine * cosine * power / (power + 1)
    total *= math.sin(angle)
    return (angle + total) * 2 / math.pi if odd else total


def student(freedom: int, confidence: float = CONFIDENCE) -> float:
    """The t that `within` gives `confidence` for."""
    low, high = 0.0, 1.0
    while within(high, freedom) < confidence:
        high *= 2
    for _ in range(60):
        middle = (low + high) / 2
        if within(middle, freedom) < confidence:
            low = middle
        else:
            high = middle
    return high


@dataclasses.dataclass(frozen=True)
class Ratio:
    """Geometric mean and the interval around it."""

    mean: float
    low: float
    high: float

    @classmethod
    def of(cls, pairs: list[tuple[float, float]]) -> Ratio:
        """Of (ours, theirs), a pair a round. The logarithms of the rounds' ratios are taken as normally distributed."""
        logs = [math.log(ours / theirs) for ours, theirs in pairs]
        mean = statistics.fmean(logs)
        if len(logs) < 2:
            return cls(math.exp(mean), 0.0, math.inf)
        around = student(len(logs) - 1) * statistics.stdev(logs) / math.sqrt(len(logs))
        return cls(math.exp(mean), math.exp(mean - around), math.exp(mean + around))

    def verdict(self, target: float) -> str:
        """Whether the ratio is at most `target`, as far as the rounds tell."""
        if self.high <= target:
            return "met"
        return "MISSED" if self.low > target else "undecided"

    def __str__(self) -> str:
        return f"{self.mean:.3f} (95%: {self.low:.3f}-{self.high:.3f})"
