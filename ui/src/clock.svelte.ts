// The time, once a second, for everything on screen that counts.
import { createSubscriber } from "svelte/reactivity";

const tick = createSubscriber((update) => {
  const timer = setInterval(update, 1000);
  return () => clearInterval(timer);
});

/** Milliseconds since 1970; reading it in a component redraws each second. */
export function now(): number {
  tick();
  return Date.now();
}
