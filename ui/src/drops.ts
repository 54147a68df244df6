// What is dropped onto a window stays out: a link or a file would take the
// place of the desk. Words can be dropped where one writes, and a file where
// one is asked for.

function mayTake(event: DragEvent): boolean {
  const target = event.target instanceof Element ? event.target : null;
  const types = [...(event.dataTransfer?.types ?? [])];
  if (types.includes("Files")) return target?.matches("input[type=file]") ?? false;
  const writes = "textarea, input:not([type=file], [type=checkbox], [type=radio], [type=button])";
  return !types.includes("text/uri-list") && (target?.matches(writes) ?? false);
}

/** Guards a window; gives back how to stop. */
export function refuseDrops(window: Window): () => void {
  const refuse = (event: DragEvent) => {
    if (mayTake(event)) return;
    event.preventDefault();
    if (event.dataTransfer) event.dataTransfer.dropEffect = "none";
  };
  const kinds = ["dragenter", "dragover", "drop"] as const;
  for (const kind of kinds) window.addEventListener(kind, refuse, true);
  return () => {
    for (const kind of kinds) window.removeEventListener(kind, refuse, true);
  };
}
