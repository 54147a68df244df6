//! Enumerations that the service may extend at any time.

/// Declares an enum of known words plus `Other`, which keeps a word we do not
/// know, so that reading and writing loses nothing.
macro_rules! open_enum {
    (
        $(#[$meta:meta])*
        pub enum $name:ident {
            $( $(#[$variant_meta:meta])* $variant:ident = $word:literal $(| $alias:literal)* ),+ $(,)?
        }
    ) => {
        $(#[$meta])*
        #[derive(Debug, Clone, PartialEq, Eq, Hash)]
        pub enum $name {
            $( $(#[$variant_meta])* $variant, )+
            /// A word this version does not know.
            Other(String),
        }

        impl $name {
            /// The known words in the service's spelling.
            pub const WORDS: &'static [&'static str] = &[$($word),+];

            /// Reads the service's word, in whatever case; an unknown one is kept.
            pub fn from_word(word: &str) -> Self {
                match word {
                    $( $word $(| $alias)* => return Self::$variant, )+
                    _ => {}
                }
                let plain = $crate::clean::one_line(word);
                $(
                    if [$word $(, $alias)*].iter().any(|known| plain.eq_ignore_ascii_case(known)) {
                        return Self::$variant;
                    }
                )+
                Self::Other(word.to_owned())
            }

            /// The service's word.
            pub fn as_word(&self) -> &str {
                match self {
                    $( Self::$variant => $word, )+
                    Self::Other(word) => word,
                }
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.as_word())
            }
        }

        impl $crate::soft::Scalar for $name {
            fn text(word: &str) -> Option<Self> {
                Some(Self::from_word(&$crate::clean::clean(word)))
            }
        }
    };
}

pub(crate) use open_enum;
