//! What windows do with the rows of the list. It is committed, and this test fails
//! where it is not what the list says; it has written it anew by then.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::path::Path;

use super::rows::{MANY, ONE};

/// What there is one of.
pub(super) struct One {
    pub(super) place: &'static str,
    pub(super) view: &'static str,
    /// What the window holds before it is told; nothing where there is none.
    pub(super) start: &'static [&'static str],
}

/// A row of what there are many of.
pub(super) struct Many {
    pub(super) place: &'static str,
    pub(super) view: &'static str,
    pub(super) id: &'static str,
    /// What holds them in the window, where it is no `Board`.
    pub(super) holder: &'static [&'static str],
    pub(super) put: &'static str,
    pub(super) field: &'static str,
    pub(super) drop: &'static [&'static str],
}

#[test]
fn the_window_holds_every_kind_of_the_list() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../ui/src/bindings/kinds.svelte.ts");
    let wanted = typescript();
    if std::fs::read_to_string(&path).is_ok_and(|there| there == wanted) {
        return;
    }
    std::fs::write(&path, wanted).unwrap();
    panic!("{} was not what the list of kinds says. It is written anew: look at it and commit.", path.display());
}

/// A name as the window writes it: `talk_lines` is `talkLines`, `PutTalk` is `putTalk`.
fn camel(name: &str) -> String {
    let mut camel = String::new();
    for letter in name.chars() {
        match letter {
            '_' => camel.push('_'),
            letter if camel.ends_with('_') => {
                camel.pop();
                camel.extend(letter.to_uppercase());
            }
            letter if camel.is_empty() => camel.extend(letter.to_lowercase()),
            letter => camel.push(letter),
        }
    }
    camel
}

/// The view of a type such as `Option < AwayView >` or `Box < ResponderView >`.
fn view_of(kind: &str) -> &str {
    kind.rsplit('<').next().unwrap_or(kind).trim_end_matches('>').trim()
}

impl Many {
    fn holder(&self) -> String {
        self.holder.first().map_or_else(|| format!("Board<{}>", self.view), |holder| (*holder).to_owned())
    }
}

fn typescript() -> String {
    let ones = || ONE.iter().flat_map(|(_, held)| held.iter());
    let views: BTreeSet<&str> = ones()
        .map(|one| view_of(one.view))
        .chain(MANY.iter().filter(|many| many.holder.is_empty()).map(|many| many.view))
        .collect();
    let mut ts = String::from(
        "// What a window holds of the desk. Written by the desk's tests from its list of kinds: do not edit.\n",
    );
    let holders: BTreeSet<&str> = MANY.iter().flat_map(|many| many.holder).copied().collect();
    for holder in std::iter::once("Board").chain(holders) {
        let _ = writeln!(ts, "import {{ {holder} }} from \"../{}.svelte\";", holder.to_lowercase());
    }
    for start in ones().flat_map(|one| one.start) {
        let _ = writeln!(ts, "import {{ {start} }} from \"../{start}\";");
    }
    for view in views.iter().copied().chain(["DeskView", "Patch"]) {
        let _ = writeln!(ts, "import type {{ {view} }} from \"./{view}\";");
    }
    ts.push_str("\n/** Nothing of what there may be many of. */\nexport function nothing() {\n  return {\n");
    for many in MANY {
        let _ = writeln!(ts, "    {}: [],", camel(many.place));
    }
    ts.push_str("  } satisfies Partial<DeskView>;\n}\n");
    ts.push_str("\nexport class Held {\n");
    for One { place, view, start } in ones() {
        let (place, view) = (camel(place), view_of(view));
        let _ = match start.first() {
            Some(start) => writeln!(ts, "  {place} = $state.raw<{view}>({start});"),
            None => writeln!(ts, "  {place} = $state.raw<{view} | null>(null);"),
        };
    }
    for many in MANY {
        let _ = writeln!(ts, "  readonly {} = new {}();", camel(many.place), many.holder());
    }
    ts.push_str(
        "\n  /** Does what a patch says. */\n  protected put(patch: Patch): void {\n    switch (patch.type) {\n",
    );
    ts.push_str("      case \"reset\":\n        return this.#reset(patch.desk);\n");
    for (put, held) in ONE {
        let _ = writeln!(ts, "      case \"{}\":", camel(put));
        for One { place, .. } in *held {
            let _ = writeln!(ts, "        this.{0} = patch.{0};", camel(place));
        }
        ts.push_str("        return;\n");
    }
    for Many { place, id, put, field, drop, .. } in MANY {
        let (place, field, id) = (camel(place), camel(field), camel(id));
        let _ = writeln!(
            ts,
            "      case \"{}\":\n        return this.{place}.put(patch.{field}.{id}, patch.{field});",
            camel(put)
        );
        for drop in *drop {
            let _ = writeln!(ts, "      case \"{}\":\n        return this.{place}.drop(patch.{id});", camel(drop));
        }
    }
    ts.push_str("      default:\n        patch satisfies never;\n    }\n  }\n");
    ts.push_str("\n  /** A batch is done: say so to whoever looks. */\n  protected changed(): void {\n");
    for many in MANY {
        let _ = writeln!(ts, "    this.{}.changed();", camel(many.place));
    }
    ts.push_str("  }\n\n  #reset(desk: DeskView): void {\n");
    for One { place, .. } in ones() {
        let _ = writeln!(ts, "    this.{0} = desk.{0};", camel(place));
    }
    for Many { place, id, .. } in MANY {
        let _ = writeln!(ts, "    this.{0}.reset(desk.{0}, (one) => one.{1});", camel(place), camel(id));
    }
    ts.push_str("  }\n}\n");
    ts
}
