//! Words as their readers see them: two texts that look alike are compared alike.
//!
//! Phones, keyboards and carriers write the same word in different code points:
//! composed or not, full width, with a curly apostrophe, with marks of no width.
//! [`folded`] takes those differences away, and [`words`] splits what is left by
//! the rules of Unicode, so that it also works where no spaces stand between words.

use icu_casemap::CaseMapper;
use icu_normalizer::{ComposingNormalizer, DecomposingNormalizer};
use icu_properties::CodePointSetData;
use icu_properties::props::{DefaultIgnorableCodePoint, GeneralCategory, GeneralCategoryGroup};
use icu_properties::{CodePointMapData, props};
use unicode_segmentation::UnicodeSegmentation as _;

/// A text with all differences taken away that nobody means: compatibility
/// forms, case, kinds of apostrophe, hyphen and space, and what has no width.
pub(crate) fn folded(text: &str) -> String {
    let normal = normal(text);
    let lower = CaseMapper::new().fold_string(&normal);
    // Turkish has two letters i, and a text does not say whether it is Turkish:
    // with a dot or without, in whatever case, they count as one.
    let one_i: String = lower.replace("i\u{307}", "i").replace('\u{131}', "i");
    let composed = ComposingNormalizer::new_nfkc().normalize(&one_i).into_owned();
    composed.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The same without a change of case or space: what regular expressions look at.
pub(super) fn normal(text: &str) -> String {
    let (ignorable, dash) =
        (CodePointSetData::new::<DefaultIgnorableCodePoint>(), CodePointSetData::new::<props::Dash>());
    let plain = |letter: char| match letter {
        letter if is_apostrophe(letter) => Some('\''),
        letter if dash.contains(letter) => Some('-'),
        letter => (!ignorable.contains(letter)).then_some(letter),
    };
    // Before, since an acute accent that stands alone is otherwise taken apart;
    // after, since some forms turn into these signs only then.
    let before: String = text.chars().filter_map(plain).collect();
    ComposingNormalizer::new_nfkc().normalize(&before).chars().filter_map(plain).collect()
}

/// The words of a text, folded; an apostrophe inside does not end one. Where a
/// script has no spaces, a word is what Unicode can tell without a dictionary:
/// a letter, or a run of them.
pub(crate) fn words(text: &str) -> Vec<String> {
    let category = CodePointMapData::<GeneralCategory>::new();
    let is_in_word = |letter: char| {
        letter.is_alphanumeric() || letter == '\'' || GeneralCategoryGroup::Mark.contains(category.get(letter))
    };
    let folded = folded(text);
    // Unicode keeps `9.5` and `a.b` together; who forgets the space after a full stop means two words.
    let parts = folded.unicode_words().flat_map(|word| word.split(|letter| !is_in_word(letter)));
    parts.map(|word| word.trim_matches('\'')).filter(|word| !word.is_empty()).map(str::to_owned).collect()
}

/// Letters and digits alone, folded and without accents: what is left of a text
/// after a hurried thumb, or a carrier that knows few letters, wrote it.
pub(crate) fn bare(text: &str) -> String {
    if text.is_ascii() {
        // Nothing of it can look otherwise than it is.
        return text.chars().filter(char::is_ascii_alphanumeric).map(|letter| letter.to_ascii_lowercase()).collect();
    }
    let apart = DecomposingNormalizer::new_nfkd();
    apart.normalize(&folded(text)).chars().filter(|letter| letter.is_alphanumeric()).collect()
}

fn is_apostrophe(letter: char) -> bool {
    matches!(
        letter,
        '\'' | '`'
            | '\u{b4}'
            | '\u{2b9}'
            | '\u{2bb}'
            | '\u{2bc}'
            | '\u{2c8}'
            | '\u{55a}'
            | '\u{5f3}'
            | '\u{2018}'
            | '\u{2019}'
            | '\u{201b}'
            | '\u{2032}'
            | '\u{a78c}'
            | '\u{ff07}'
            | '\u{ff40}'
    )
}
