// The texts of all conversations: read by conversation, told one by one.
import type { MessageView } from "./bindings/MessageView";
import { Board } from "./board.svelte";

export class Threads {
  readonly #threads = new Board<Map<string, MessageView>>();
  /** In which conversation a text lies. */
  readonly #liesIn = new Map<string, string>();

  /** The texts of one conversation, oldest first. */
  of(chat: string): MessageView[] {
    return [...(this.#threads.get(chat)?.values() ?? [])].sort((a, b) => a.at - b.at);
  }

  put(id: string, message: MessageView): void {
    const before = this.#liesIn.get(id);
    if (before !== undefined && before !== message.chat) this.drop(id);
    this.#liesIn.set(id, message.chat);
    const thread = this.#threads.peek(message.chat) ?? new Map<string, MessageView>();
    thread.set(id, message);
    this.#threads.put(message.chat, thread);
  }

  drop(id: string): void {
    const chat = this.#liesIn.get(id) ?? "";
    const thread = this.#threads.peek(chat);
    this.#liesIn.delete(id);
    if (!thread?.delete(id)) return;
    if (thread.size === 0) this.#threads.drop(chat);
    else this.#threads.touch();
  }

  reset(messages: MessageView[], key: (message: MessageView) => string): void {
    this.#threads.reset([], () => "");
    this.#liesIn.clear();
    for (const message of messages) this.put(key(message), message);
  }

  changed(): void {
    this.#threads.changed();
  }
}
