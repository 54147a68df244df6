//! Reading payloads without ever giving up on them.
//!
//! The service adds fields often and its documentation is not its code, so one
//! strange field must not cost the agent a call. A field of the wrong type
//! reads as absent, an unknown one is skipped, and both are named in [`Drift`].

use std::borrow::Cow;
use std::fmt;
use std::marker::PhantomData;

use serde::de::{Deserialize, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};

/// What was strange about a payload that could be read.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Drift {
    /// Names of fields this version does not know.
    pub unknown: Vec<String>,
    /// Names of fields whose value had another type than documented.
    pub misfit: Vec<&'static str>,
}

impl Drift {
    /// Whether the payload was just as documented.
    pub fn is_none(&self) -> bool {
        self.unknown.is_empty() && self.misfit.is_empty()
    }

    pub(crate) fn absorb(&mut self, inner: Self) {
        if inner.is_none() {
            return;
        }
        self.unknown.extend(inner.unknown);
        self.misfit.extend(inner.misfit);
    }
}

/// A payload together with what was strange about it.
pub(crate) struct Read<T> {
    pub(crate) value: T,
    pub(crate) drift: Drift,
}

/// A field's value: of the expected type, null, or something else.
pub(crate) enum Soft<T> {
    Is(T, Drift),
    Absent,
    Misfit,
}

/// A field type that can be read from any JSON value.
pub(crate) trait Field: Sized {
    fn read<'de, D: Deserializer<'de>>(from: D) -> Result<Soft<Self>, D::Error>;

    /// Whether this is how the service writes "none" where an identifier
    /// stands: nothing, or the UUID of zeros (live-service.md, section 3.1).
    fn is_no_id(&self) -> bool {
        false
    }
}

const NO_ID: &str = "00000000-0000-0000-0000-000000000000";

impl<'de, T: Field> Deserialize<'de> for Soft<T> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        T::read(from)
    }
}

/// A value that JSON writes as one word or number.
pub(crate) trait Scalar: Sized {
    fn text(_: &str) -> Option<Self> {
        None
    }

    fn whole(_: i64) -> Option<Self> {
        None
    }

    fn real(_: f64) -> Option<Self> {
        None
    }

    fn as_id(&self) -> Option<&str> {
        None
    }
}

impl Scalar for String {
    fn text(text: &str) -> Option<Self> {
        Some(text.to_owned())
    }

    fn as_id(&self) -> Option<&str> {
        Some(self)
    }
}

impl Scalar for i64 {
    fn whole(number: i64) -> Option<Self> {
        Some(number)
    }

    #[expect(clippy::cast_possible_truncation, reason = "the cast saturates, which is what a wild number should do")]
    fn real(number: f64) -> Option<Self> {
        number.is_finite().then_some(number as Self)
    }
}

impl<T: Scalar> Field for T {
    fn read<'de, D: Deserializer<'de>>(from: D) -> Result<Soft<Self>, D::Error> {
        from.deserialize_any(AnyValue(PhantomData))
    }

    fn is_no_id(&self) -> bool {
        self.as_id().is_some_and(|id| id.is_empty() || id == NO_ID)
    }
}

/// A list: null and absent are the same, and an item that is none is passed over.
impl<T: Field> Field for Vec<T> {
    fn read<'de, D: Deserializer<'de>>(from: D) -> Result<Soft<Self>, D::Error> {
        from.deserialize_any(AnyList(PhantomData))
    }
}

/// A field that is known and not read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Unread;

impl Field for Unread {
    fn read<'de, D: Deserializer<'de>>(from: D) -> Result<Soft<Self>, D::Error> {
        IgnoredAny::deserialize(from).map(|_| Soft::Absent)
    }
}

struct AnyValue<T>(PhantomData<T>);

fn fits<T>(value: Option<T>) -> Soft<T> {
    value.map_or(Soft::Misfit, |value| Soft::Is(value, Drift::default()))
}

impl<'de, T: Scalar> Visitor<'de> for AnyValue<T> {
    type Value = Soft<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("any value")
    }

    fn visit_str<E>(self, text: &str) -> Result<Self::Value, E> {
        Ok(fits(T::text(text)))
    }

    fn visit_i64<E>(self, number: i64) -> Result<Self::Value, E> {
        Ok(fits(T::whole(number)))
    }

    fn visit_u64<E>(self, number: u64) -> Result<Self::Value, E> {
        Ok(fits(T::whole(i64::try_from(number).unwrap_or(i64::MAX))))
    }

    fn visit_f64<E>(self, number: f64) -> Result<Self::Value, E> {
        Ok(fits(T::real(number)))
    }

    fn visit_bool<E>(self, _: bool) -> Result<Self::Value, E> {
        Ok(Soft::Misfit)
    }

    fn visit_unit<E>(self) -> Result<Self::Value, E> {
        Ok(Soft::Absent)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, seq: A) -> Result<Self::Value, A::Error> {
        skip_seq(seq)
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Self::Value, A::Error> {
        skip_map(map)
    }
}

struct AnyList<T>(PhantomData<T>);

impl<'de, T: Field> Visitor<'de> for AnyList<T> {
    type Value = Soft<Vec<T>>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("any value")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Self::Value, A::Error> {
        let (mut items, mut drift) = (Vec::new(), Drift::default());
        while let Some(item) = seq.next_element::<Soft<T>>()? {
            match item {
                Soft::Is(item, inner) => {
                    drift.absorb(inner);
                    items.push(item);
                }
                Soft::Absent => {}
                Soft::Misfit => drift.misfit.push("an item of a list"),
            }
        }
        Ok(Soft::Is(items, drift))
    }

    fn visit_unit<E>(self) -> Result<Self::Value, E> {
        Ok(Soft::Absent)
    }

    fn visit_str<E>(self, _: &str) -> Result<Self::Value, E> {
        Ok(Soft::Misfit)
    }

    fn visit_i64<E>(self, _: i64) -> Result<Self::Value, E> {
        Ok(Soft::Misfit)
    }

    fn visit_u64<E>(self, _: u64) -> Result<Self::Value, E> {
        Ok(Soft::Misfit)
    }

    fn visit_f64<E>(self, _: f64) -> Result<Self::Value, E> {
        Ok(Soft::Misfit)
    }

    fn visit_bool<E>(self, _: bool) -> Result<Self::Value, E> {
        Ok(Soft::Misfit)
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Self::Value, A::Error> {
        skip_map(map)
    }
}

pub(crate) fn skip_seq<'de, A: SeqAccess<'de>, T>(mut seq: A) -> Result<Soft<T>, A::Error> {
    while seq.next_element::<IgnoredAny>()?.is_some() {}
    Ok(Soft::Misfit)
}

fn skip_map<'de, A: MapAccess<'de>, T>(mut map: A) -> Result<Soft<T>, A::Error> {
    while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
    Ok(Soft::Misfit)
}

/// A JSON key, borrowed where the text allows it.
pub(crate) struct Key<'de>(pub(crate) Cow<'de, str>);

impl<'de> Deserialize<'de> for Key<'de> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        struct KeyVisitor;

        impl<'de> Visitor<'de> for KeyVisitor {
            type Value = Key<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a key")
            }

            fn visit_borrowed_str<E>(self, key: &'de str) -> Result<Self::Value, E> {
                Ok(Key(Cow::Borrowed(key)))
            }

            fn visit_str<E>(self, key: &str) -> Result<Self::Value, E> {
                Ok(Key(Cow::Owned(key.to_owned())))
            }
        }

        from.deserialize_str(KeyVisitor)
    }
}

/// A text, borrowed where the JSON allows it; none where something else stands.
#[derive(Default)]
pub(crate) struct Word<'de>(pub(crate) Option<Cow<'de, str>>);

impl Word<'_> {
    pub(crate) fn as_str(&self) -> Option<&str> {
        self.0.as_deref()
    }

    pub(crate) fn into_owned(self) -> Option<String> {
        self.0.map(Cow::into_owned)
    }
}

impl<'de> Deserialize<'de> for Word<'de> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        struct WordVisitor;

        impl<'de> Visitor<'de> for WordVisitor {
            type Value = Word<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("any value")
            }

            fn visit_borrowed_str<E>(self, word: &'de str) -> Result<Self::Value, E> {
                Ok(Word(Some(Cow::Borrowed(word))))
            }

            fn visit_str<E>(self, word: &str) -> Result<Self::Value, E> {
                Ok(Word(Some(Cow::Owned(word.to_owned()))))
            }

            fn visit_unit<E>(self) -> Result<Self::Value, E> {
                Ok(Word(None))
            }

            fn visit_bool<E>(self, _: bool) -> Result<Self::Value, E> {
                Ok(Word(None))
            }

            fn visit_i64<E>(self, _: i64) -> Result<Self::Value, E> {
                Ok(Word(None))
            }

            fn visit_u64<E>(self, _: u64) -> Result<Self::Value, E> {
                Ok(Word(None))
            }

            fn visit_f64<E>(self, _: f64) -> Result<Self::Value, E> {
                Ok(Word(None))
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Self::Value, A::Error> {
                while seq.next_element::<IgnoredAny>()?.is_some() {}
                Ok(Word(None))
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
                Ok(Word(None))
            }
        }

        from.deserialize_any(WordVisitor)
    }
}

/// Declares a payload: every field is optional, and reading one never fails on
/// a strange field. The words in quotes are the field's names on the wire; an
/// `implied` field is on no wire but follows from the event's name.
macro_rules! payload {
    (
        $(#[$meta:meta])*
        pub struct $name:ident {
            $( $(#[$field_meta:meta])* $wire:literal $(| $alias:literal)* => $field:ident : $kind:ty, )+
            $( ; $(#[$implied_meta:meta])* implied $implied:ident : $implied_kind:ty, )?
        }
    ) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Default, PartialEq, Eq)]
        pub struct $name {
            $( $(#[$field_meta])* pub $field: Option<$kind>, )+
            $( $(#[$implied_meta])* pub $implied: Option<$implied_kind>, )?
        }

        impl<'de> serde::Deserialize<'de> for $crate::soft::Read<$name> {
            fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
                match <$name as $crate::soft::Field>::read(from)? {
                    $crate::soft::Soft::Is(value, drift) => Ok(Self { value, drift }),
                    $crate::soft::Soft::Absent | $crate::soft::Soft::Misfit => {
                        Err(serde::de::Error::custom("not an object"))
                    }
                }
            }
        }

        impl $crate::soft::Field for $name {
            fn read<'de, D: serde::Deserializer<'de>>(from: D) -> Result<$crate::soft::Soft<Self>, D::Error> {
                use $crate::soft::{Drift, Key, Soft};

                struct ObjectVisitor;

                impl<'de> serde::de::Visitor<'de> for ObjectVisitor {
                    type Value = Soft<$name>;

                    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                        f.write_str("any value")
                    }

                    fn visit_map<A: serde::de::MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                        let mut value = $name::default();
                        let mut drift = Drift::default();
                        while let Some(Key(key)) = map.next_key()? {
                            match key.as_ref() {
                                $( $wire $(| $alias)* => match map.next_value()? {
                                    Soft::Is(field, inner) => {
                                        drift.absorb(inner);
                                        let is_none = $wire.ends_with("id") && $crate::soft::Field::is_no_id(&field);
                                        if !is_none {
                                            value.$field = Some(field);
                                        }
                                    }
                                    Soft::Absent => {}
                                    Soft::Misfit => drift.misfit.push($wire),
                                }, )+
                                other => {
                                    drift.unknown.push(other.to_owned());
                                    map.next_value::<serde::de::IgnoredAny>()?;
                                }
                            }
                        }
                        Ok(Soft::Is(value, drift))
                    }

                    fn visit_unit<E>(self) -> Result<Self::Value, E> {
                        Ok(Soft::Absent)
                    }

                    fn visit_str<E>(self, _: &str) -> Result<Self::Value, E> {
                        Ok(Soft::Misfit)
                    }

                    fn visit_i64<E>(self, _: i64) -> Result<Self::Value, E> {
                        Ok(Soft::Misfit)
                    }

                    fn visit_u64<E>(self, _: u64) -> Result<Self::Value, E> {
                        Ok(Soft::Misfit)
                    }

                    fn visit_f64<E>(self, _: f64) -> Result<Self::Value, E> {
                        Ok(Soft::Misfit)
                    }

                    fn visit_bool<E>(self, _: bool) -> Result<Self::Value, E> {
                        Ok(Soft::Misfit)
                    }

                    fn visit_seq<A: serde::de::SeqAccess<'de>>(self, seq: A) -> Result<Self::Value, A::Error> {
                        $crate::soft::skip_seq(seq)
                    }
                }

                from.deserialize_any(ObjectVisitor)
            }
        }
    };
}

pub(crate) use payload;
