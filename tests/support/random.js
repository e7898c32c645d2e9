// A seeded random number generator: the same seed always produces the same choices.

export class Random {
  #state;

  constructor(seed) {
    this.#state = seed;
  }

  /** mulberry32, which is good enough for choosing test inputs. */
  #next() {
    this.#state = (this.#state + 0x6d2b79f5) | 0;
    let bits = Math.imul(this.#state ^ (this.#state >>> 15), this.#state | 1);
    bits ^= bits + Math.imul(bits ^ (bits >>> 7), bits | 61);
    return (bits ^ (bits >>> 14)) >>> 0;
  }

  /** A number in [0, 1). */
  fraction() {
    return this.#next() / 2 ** 32;
  }

  /** An integer in [0, end). */
  below(end) {
    return this.#next() % end;
  }

  /** An integer from `first` to `last`, inclusive. */
  between(first, last) {
    return first + this.below(last - first + 1);
  }

  chance(percent) {
    return this.below(100) < percent;
  }

  /** An element of the list; undefined if it is empty. */
  pick(list) {
    return list[this.below(list.length || 1)];
  }

  /** Up to `count` distinct elements of the list, in random order. */
  some(list, count) {
    const left = [...list];
    const chosen = [];
    while (left.length > 0 && chosen.length < count) chosen.push(...left.splice(this.below(left.length), 1));
    return chosen;
  }

  uuid() {
    const hex = Array.from({ length: 4 }, () => this.#next().toString(16).padStart(8, '0')).join('');
    return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
  }
}
