# SPDX-License-Identifier: Apache-2.0
"""tests/bench/ratio.py: ratios of paired rounds and their confidence intervals."""

import math
import pathlib
import random
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "bench"))
from ratio import Ratio, student, within  # noqa: E402


class Student(unittest.TestCase):
    def test_quantiles(self):
        # Two-sided, of any table of Student's t.
        for freedom, confidence, expected in (
            (1, 0.95, 12.706), (2, 0.95, 4.303), (3, 0.95, 3.182), (4, 0.95, 2.776), (9, 0.95, 2.262), (10, 0.95, 2.228),
            (29, 0.95, 2.045), (30, 0.95, 2.042), (120, 0.95, 1.980), (1, 0.99, 63.657), (5, 0.99, 4.032), (10, 0.9, 1.812),
        ):
            with self.subTest(freedom=freedom, confidence=confidence):
                self.assertAlmostEqual(student(freedom, confidence), expected, delta=0.0006)

    def test_within(self):
        for freedom in (1, 2, 7, 8):
            self.assertEqual(within(0, freedom), 0)
            self.assertAlmostEqual(within(1e9, freedom), 1, places=6)
            self.assertLess(within(1, freedom), within(2, freedom))


class Ratios(unittest.TestCase):
    def test_of_two_rounds(self):
        ratio = Ratio.of([(1.0, 2.0), (2.0, 2.0)])
        self.assertAlmostEqual(ratio.mean, math.sqrt(0.5))
        # stdev of (ln 0.5, 0) is ln 2 / sqrt 2, by sqrt 2 is ln 2 / 2
        self.assertAlmostEqual(math.log(ratio.high / ratio.mean), 12.7062 * math.log(2) / 2, delta=1e-3)
        self.assertAlmostEqual(ratio.high / ratio.mean, ratio.mean / ratio.low)

    def test_what_hits_both_of_a_pair_does_not_count(self):
        rounds = [(0.9 * noise, noise) for noise in (1.0, 3.0, 1.5, 10.0)]
        ratio = Ratio.of(rounds)
        for value in (ratio.mean, ratio.low, ratio.high):
            self.assertAlmostEqual(value, 0.9)

    def test_it_turns_round(self):
        pairs = [(1.0, 1.1), (1.2, 1.0), (0.9, 1.0), (1.0, 1.3)]
        ratio, other = Ratio.of(pairs), Ratio.of([(b, a) for a, b in pairs])
        self.assertAlmostEqual(ratio.mean, 1 / other.mean)
        self.assertAlmostEqual(ratio.low, 1 / other.high)

    def test_one_round_decides_nothing(self):
        ratio = Ratio.of([(1.0, 2.0)])
        self.assertEqual((ratio.mean, ratio.low, ratio.high), (0.5, 0.0, math.inf))
        self.assertEqual(ratio.verdict(0.6), "undecided")

    def test_no_rounds_and_no_costs_are_errors(self):
        for pairs in ([], [(0.0, 1.0)], [(1.0, 0.0)]):
            with self.subTest(pairs=pairs), self.assertRaises((ValueError, ZeroDivisionError)):
                Ratio.of(pairs)

    def test_verdicts(self):
        ratio = Ratio(1.0, 0.9, 1.1)
        self.assertEqual([ratio.verdict(target) for target in (1.2, 1.1, 1.0, 0.9, 0.8)],
                         ["met", "met", "undecided", "undecided", "MISSED"])

    def test_the_interval_holds_what_it_says(self):
        chosen = random.Random(1)
        for rounds in (3, 10):
            held = 0
            for _ in range(2000):
                pairs = [(1.2 * math.exp(chosen.gauss(0, 0.05)), 1.0) for _ in range(rounds)]
                ratio = Ratio.of(pairs)
                held += ratio.low <= 1.2 <= ratio.high
            self.assertAlmostEqual(held / 2000, 0.95, delta=0.015)


if __name__ == "__main__":
    unittest.main()
