// Chance that comes from a seed: the same seed gives the same choices again.

export class Random {
  #state;

  constructor(seed) {
    this.#state = seed;
  }

  /** mulberry32: 32 bits, spread well enough for choosing. */
  #next() {
    this.#state = (this.#state + 0x6d2b79f5) | 0;
    let bits = Math.imul(this.#state ^ (this.#state >>> 15), this.#state | 1);
    bits ^= bits + Math.imul(bits ^ (bits >>> 7), bits | 61);
    return (bits ^ (bits >>> 14)) >>> 0;
  }

  /** A number from 0 to below 1. */
  fraction() {
    return this.#next() / 2 ** 32;
  }

  /** A whole number from 0 to below `end`. */
  below(end) {
    return this.#next() % end;
  }

  /** A whole number from `first` to `last`. */
  between(first, last) {
    return first + this.below(last - first + 1);
  }

  chance(percent) {
    return this.below(100) < percent;
  }

  /** One of the list; undefined when it is empty. */
  pick(list) {
    return list[this.below(list.length || 1)];
  }

  /** Up to `count` different ones of the list, in any order. */
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
