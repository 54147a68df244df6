// Every sentence of the windows, by its name: the same files that Rust reads.
import { FluentBundle, FluentResource, type FluentVariable } from "@fluent/bundle";
import type { Messages } from "./bindings/Messages";
import { isolate } from "./isolate";

/** The name of a message in the catalogue. */
export type MessageId = keyof Messages;

/** What stands in a message in the place of a name. */
export type Argument = number | string | Message;

/** Something to say, as Rust hands it over: a code with arguments. */
export interface Message {
  id: MessageId;
  args?: Record<string, Argument>;
}

const files: Record<string, string> = import.meta.glob("../../src-tauri/crates/words/en/*.ftl", {
  query: "?raw",
  import: "default",
  eager: true,
});

// Names are isolated where they need it; see `isolate`.
const catalogue = new FluentBundle("en", { useIsolating: false });
for (const text of Object.values(files)) catalogue.addResource(new FluentResource(text));

/** A message that takes nothing has `null` for its arguments. */
type Given<Id extends MessageId> = Messages[Id] extends null ? [] : [args: Messages[Id]];

/** A message in words. */
export function t<Id extends MessageId>(id: Id, ...[args]: Given<Id>): string {
  return format(id, args ?? undefined);
}

/** What Rust said, in words; nothing where it said nothing. */
export function words(message: Message): string;
export function words(message: Message | null): string | null;
export function words(message: Message | null): string | null {
  return message && format(message.id, message.args);
}

function format(id: string, args: Record<string, Argument> | undefined): string {
  const pattern = catalogue.getMessage(id)?.value;
  // Better than nothing: a message that this window does not know yet.
  if (pattern == null) return id;
  if (typeof pattern === "string") return pattern;
  const shown: Record<string, FluentVariable> = {};
  for (const [name, value] of Object.entries(args ?? {})) {
    shown[name] = typeof value === "number" ? value : typeof value === "string" ? isolate(value) : words(value);
  }
  // An argument that is missing shows as its name; the types see to it.
  return catalogue.formatPattern(pattern, shown, []);
}
