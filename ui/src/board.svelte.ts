// Thousands of things of which most are out of sight: one signal for all of
// them, given once per batch, and less often when sorting them takes long.
const MANY = 2000;
const MANY_EVERY_MS = 250;

export class Board<T> {
  readonly #things = new Map<string, T>();
  #version = $state(0);
  #isTouched = false;
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** Reading them in a component redraws when anything changed. */
  values(): IterableIterator<T> {
    void this.#version;
    return this.#things.values();
  }

  has(id: string): boolean {
    void this.#version;
    return this.#things.has(id);
  }

  /** What stands there now, without redrawing for it. */
  peek(id: string): T | undefined {
    return this.#things.get(id);
  }

  /** Something that stands there was changed in its place. */
  touch(): void {
    this.#isTouched = true;
  }

  get size(): number {
    void this.#version;
    return this.#things.size;
  }

  get(id: string): T | undefined {
    void this.#version;
    return this.#things.get(id);
  }

  put(id: string, thing: T): void {
    this.#things.set(id, thing);
    this.#isTouched = true;
  }

  drop(id: string): void {
    this.#things.delete(id);
    this.#isTouched = true;
  }

  reset(things: T[], key: (thing: T) => string): void {
    this.#things.clear();
    for (const thing of things) this.#things.set(key(thing), thing);
    this.#isTouched = true;
  }

  /** A batch is done: say so to whoever looks. */
  changed(): void {
    if (!this.#isTouched || this.#timer !== undefined) return;
    this.#isTouched = false;
    this.#version += 1;
    if (this.#things.size > MANY) {
      this.#timer = setTimeout(() => {
        this.#timer = undefined;
        this.changed();
      }, MANY_EVERY_MS);
    }
  }
}
