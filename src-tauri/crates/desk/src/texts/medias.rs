//! Pictures and files that come with a text: the desk shows that they are
//! there, also where nobody wrote a word beside them.

use ringside_words::{Message, say};
use voipbin_wire::{Media, is_blank};

/// A picture or file: what it is, and what it is called.
pub(super) fn shown_media(media: &Media) -> Message {
    let kind = media.kind.as_deref().unwrap_or_default().to_ascii_lowercase();
    // The service writes `image`; gateways write `image/jpeg`.
    let what = match kind.split('/').next().unwrap_or_default() {
        "image" | "picture" | "photo" => say!("texts-media-picture"),
        "video" => say!("texts-media-video"),
        "audio" | "voice" => say!("texts-media-voice"),
        "location" => say!("texts-media-location"),
        "sticker" => say!("texts-media-sticker"),
        "template" | "imagemap" | "flex" => say!("texts-media-card"),
        "file" | "document" | "application" | "text" => say!("texts-media-file"),
        _ if media.filename.is_some() => say!("texts-media-file"),
        _ => say!("texts-media-attachment"),
    };
    match &media.filename {
        Some(name) => say!("texts-media-named", what = what, name = name),
        None => what,
    }
}

/// What a toast or a row says of a text that has no words: what came with it.
pub(super) fn instead_of_words(text: &str, medias: &[Message]) -> Option<Message> {
    is_blank(text).then(|| Message::list(medias.iter().cloned()).unwrap_or_else(|| say!("texts-empty")))
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
            assert_eq!(shown_media(&media(kind, name)).to_string(), words);
        }
    }

    #[test]
    fn a_text_without_words_is_never_blank() {
        let (picture, location) = (say!("texts-media-picture"), say!("texts-media-location"));
        assert_eq!(instead_of_words("Hi", std::slice::from_ref(&picture)), None);
        assert_eq!(instead_of_words(" \u{200b}", &[picture, location]).unwrap().to_string(), "Picture, Location");
        assert_eq!(instead_of_words("", &[]), Some(say!("texts-empty")));
    }
}
