// A list that a finger has pushed glides on by itself. Safari on phones stops that when a script scrolls meanwhile, so what
// comes above has to wait until it stands still. Other browsers do not mind.

/** So long nothing has to move. */
const STILL_MS = 100;

export interface Glide {
  /** Now; or, while it glides, as soon as it stands still. The last one that was asked for counts. */
  whenStill(run: () => void): void;
  end(): void;
}

export function watchGlide(box: HTMLElement): Glide {
  let touched = false;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let waiting: (() => void) | null = null;
  const still = () => {
    timer = undefined;
    const run = waiting;
    waiting = null;
    run?.();
  };
  const soon = () => {
    clearTimeout(timer);
    timer = setTimeout(still, STILL_MS);
  };
  const down = () => {
    touched = true;
    clearTimeout(timer);
    timer = undefined;
  };
  const up = () => {
    touched = false;
    soon();
  };
  const moved = () => void (timer !== undefined && soon());
  const heard = { touchstart: down, touchend: up, touchcancel: up, scroll: moved };
  for (const [what, run] of Object.entries(heard)) box.addEventListener(what, run, { passive: true });
  return {
    whenStill(run) {
      if (touched || timer !== undefined) waiting = run;
      else run();
    },
    end() {
      clearTimeout(timer);
      for (const [what, run] of Object.entries(heard)) box.removeEventListener(what, run);
    },
  };
}
