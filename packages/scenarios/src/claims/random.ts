// Random numbers that are the same in every run, so that what a claim rests on can be looked at again.

/** Numbers below a bound: a linear congruence's upper bits. */
export function randomFrom(seed: number): (below: number) => number {
  let state = seed >>> 0;
  return (below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}
