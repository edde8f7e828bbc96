// How the cost of something grows with its size. Measured in the processor's time, not the clock's, and as a ratio: a busy
// machine is slower with the small and with the large alike.

const RUNS = 5;
/** Less than this, in microseconds, is noise. */
const NOISE_US = 200;
const TIMES = 8;

/** Linear is about 8, quadratic 64. */
export const LINEAR_MOST = 32;

/** How many times more something costs at eight times the size. */
export function growth(run: (size: number) => void, small: number): number {
  const cost = (size: number): number => {
    const runs = Array.from({ length: RUNS }, () => {
      const began = process.cpuUsage();
      run(size);
      const { user, system } = process.cpuUsage(began);
      return user + system;
    });
    return Math.max(NOISE_US, Math.min(...runs));
  };
  // Not before the engine has made of it what it will: the large one comes first, and would pay for that.
  cost(small * TIMES);
  return cost(small * TIMES) / cost(small);
}
