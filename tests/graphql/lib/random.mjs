// SPDX-License-Identifier: Apache-2.0
// Numbers that follow from a seed alone (mulberry32), and choices made with them.
export class Random {
  constructor(seed) {
    this.state = seed >>> 0;
  }
  next() {
    this.state = (this.state + 0x6d2b79f5) >>> 0;
    let mixed = this.state;
    mixed = Math.imul(mixed ^ (mixed >>> 15), mixed | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  }
  below(bound) {
    return Math.floor(this.next() * bound);
  }
  chance(probability) {
    return this.next() < probability;
  }
  of(list) {
    return list[this.below(list.length)];
  }
}
