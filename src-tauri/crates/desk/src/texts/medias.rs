//! Pictures and files that come with a text, in words: the desk shows that they
//! are there, also where nobody wrote a word beside them.

use voipbin_wire::{Media, is_blank};

/// Stands where a text says nothing at all.
const NOTHING: &str = "No text";

/// A picture or file in words: what it is, and what it is called.
pub(super) fn media_words(media: &Media) -> String {
    let kind = media.kind.as_deref().unwrap_or_default().to_ascii_lowercase();
    // The service writes `image`; gateways write `image/jpeg`.
    let what = match kind.split('/').next().unwrap_or_default() {
        "image" | "picture" | "photo" => "Picture",
        "video" => "Video",
        "audio" | "voice" => "Voice message",
        "location" => "Location",
        "sticker" => "Sticker",
        "template" | "imagemap" | "flex" => "Card",
        "file" | "document" | "application" | "text" => "File",
        _ if media.filename.is_some() => "File",
        _ => "Attachment",
    };
    media.filename.as_ref().map_or_else(|| what.to_owned(), |name| format!("{what}: {name}"))
}

/// What a toast or a row says of a text: its words, else what came with it.
pub(super) fn shown_text(text: &str, medias: &[String]) -> String {
    match (is_blank(text), medias) {
        (false, _) => text.to_owned(),
        (true, []) => NOTHING.to_owned(),
        (true, medias) => medias.join(", "),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn media(kind: Option<&str>, name: Option<&str>) -> Media {
        Media { kind: kind.map(str::to_owned), filename: name.map(str::to_owned), ..Media::default() }
    }

    #[test]
    fn a_picture_is_named_by_what_it_is_and_what_it_is_called() {
        for (kind, name, words) in [
            (Some("image"), None, "Picture"),
            (Some("image/jpeg"), Some("dog.jpg"), "Picture: dog.jpg"),
            (Some("audio"), None, "Voice message"),
            (Some("AUDIO"), None, "Voice message"),
            (Some("file"), Some("invoice.pdf"), "File: invoice.pdf"),
            (Some("application/pdf"), None, "File"),
            (Some("flex"), None, "Card"),
            (None, Some("x.bin"), "File: x.bin"),
            (Some("hologram"), None, "Attachment"),
            (None, None, "Attachment"),
        ] {
            assert_eq!(media_words(&media(kind, name)), words);
        }
    }

    #[test]
    fn a_text_without_words_is_never_blank() {
        assert_eq!(shown_text("Hi", &["Picture".into()]), "Hi");
        assert_eq!(shown_text(" \u{200b}", &["Picture".into(), "Location".into()]), "Picture, Location");
        assert_eq!(shown_text("", &[]), "No text");
    }
}
