//! Reading payloads without ever giving up on them.
//!
//! The service adds fields often and its documentation is not its code, so one
//! strange field must not cost the agent a call. A field of the wrong type
//! reads as absent, an unknown one is skipped, and both are named in [`Drift`];
//! a text that is no JSON because of one odd letter is put right and read again.
//! A value that says nothing never takes the place of one that does.

use std::borrow::Cow;
use std::fmt;

use serde::de::value::MapAccessDeserializer;
use serde::de::{
    Deserialize, DeserializeSeed, Deserializer, Error as _, IgnoredAny, IntoDeserializer as _, MapAccess, SeqAccess,
    Visitor,
};

use crate::clean::{clean, is_blank, one_line};
use crate::repair::repaired;

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
}

/// Stands among the misfits of a payload that was no JSON before it was repaired.
pub(crate) const REPAIRED: &str = "not valid JSON";

/// Reads an object, and once more after a repair where the text is no JSON.
pub(crate) fn read_payload<P: Payload>(text: &str) -> Option<Read<P>> {
    serde_json::from_str(text).ok().or_else(|| {
        let mut read: Read<P> = serde_json::from_str(&repaired(text)?).ok()?;
        read.drift.misfit.push(REPAIRED);
        Some(read)
    })
}

/// A payload together with what was strange about it.
pub(crate) struct Read<T> {
    pub(crate) value: T,
    pub(crate) drift: Drift,
}

/// What stood where a value was looked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Came {
    /// A value of the expected type.
    Is,
    /// Nothing, or null.
    Absent,
    /// Something else.
    Misfit,
}

/// A field type that can be read from any JSON value.
pub(crate) trait Field: Sized {
    /// Reads a value into its place, which stays as it was where there is none:
    /// a payload is large, and is written once, where it stays.
    fn read<'de, D: Deserializer<'de>>(place: &mut Option<Self>, drift: &mut Drift, from: D) -> Result<Came, D::Error>;

    /// Whether this is how the service writes "none" where an identifier
    /// stands: nothing, or the UUID of zeros (live-service.md, section 3.1).
    fn is_no_id(&self) -> bool {
        false
    }

    /// Whether nobody knows more for having it.
    fn says_nothing(&self) -> bool {
        false
    }

    /// The same where a word of the service's own stands, in whatever case it is written.
    fn into_word(self) -> Self {
        self
    }

    /// The same as the name of somebody or something; none where nothing is left.
    fn into_name(self) -> Option<Self> {
        Some(self)
    }
}

/// An object of named fields.
pub(crate) trait Payload: Default {
    /// Reads what some write in place of the object: a text, such as the number
    /// of an address or the place of a picture. None where it says nothing of one.
    fn from_text(_: &str) -> Option<Self> {
        None
    }

    /// Reads the fields, and names the strange ones.
    fn read_fields<'de, A: MapAccess<'de>>(&mut self, map: A, drift: &mut Drift) -> Result<(), A::Error>;
}

/// Reads an object to where `begin` makes room for it.
pub(crate) fn read_object<'de, 'a, P: Payload + 'a, D: Deserializer<'de>>(
    begin: impl FnOnce() -> &'a mut P,
    drift: &mut Drift,
    from: D,
) -> Result<Came, D::Error> {
    from.deserialize_any(AnyObject { begin, drift })
}

/// Where a field's value is read to.
pub(crate) struct Place<'a, T> {
    pub(crate) value: &'a mut Option<T>,
    pub(crate) drift: &'a mut Drift,
}

impl<'de, T: Field> DeserializeSeed<'de> for Place<'_, T> {
    type Value = Came;

    fn deserialize<D: Deserializer<'de>>(self, from: D) -> Result<Came, D::Error> {
        T::read(self.value, self.drift, from)
    }
}

impl<'de, P: Payload> Deserialize<'de> for Read<P> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let mut read = Self { value: P::default(), drift: Drift::default() };
        match read_object(|| &mut read.value, &mut read.drift, from)? {
            Came::Is => Ok(read),
            Came::Absent | Came::Misfit => Err(D::Error::custom("not an object")),
        }
    }
}

/// A word as the service spells it, where it is written in another way.
pub(crate) fn folded(word: &str) -> Option<String> {
    let folded = one_line(word).to_ascii_lowercase();
    (folded != word).then_some(folded)
}

const NO_ID: &str = "00000000-0000-0000-0000-000000000000";

/// A value that JSON writes as one word or number.
pub(crate) trait Scalar: Sized {
    fn text(_: &str) -> Option<Self> {
        None
    }

    fn whole(_: i128) -> Option<Self> {
        None
    }

    fn real(_: f64) -> Option<Self> {
        None
    }

    fn as_text(&self) -> Option<&str> {
        None
    }

    fn from_name(_: &str) -> Option<Self> {
        None
    }
}

/// Texts are cleaned where they come in, so that nobody can forget to.
impl Scalar for String {
    fn text(text: &str) -> Option<Self> {
        Some(clean(text).into_owned()).filter(|text| !text.is_empty())
    }

    /// Some systems write identifiers and numbers of phones without quotes, and
    /// a zero where there is none.
    fn whole(number: i128) -> Option<Self> {
        (number != 0).then(|| number.to_string())
    }

    fn real(number: f64) -> Option<Self> {
        number.is_finite().then(|| number.to_string())
    }

    fn as_text(&self) -> Option<&str> {
        Some(self)
    }

    fn from_name(name: &str) -> Option<Self> {
        Some(name.to_owned())
    }
}

/// A number beyond this is none that anything is counted or measured in.
const LARGEST: i64 = 1_000_000_000_000_000;

impl Scalar for i64 {
    fn text(text: &str) -> Option<Self> {
        let text = clean(text);
        let text = text.trim();
        text.parse().ok().and_then(Self::whole).or_else(|| text.parse().ok().and_then(Self::real))
    }

    fn whole(number: i128) -> Option<Self> {
        Self::try_from(number).ok().filter(|number| (-LARGEST..=LARGEST).contains(number))
    }

    #[expect(clippy::cast_possible_truncation, reason = "the cast saturates, and what is so large is none")]
    fn real(number: f64) -> Option<Self> {
        Self::whole(number as i128).filter(|_| number.is_finite())
    }
}

impl<T: Scalar> Field for T {
    fn read<'de, D: Deserializer<'de>>(place: &mut Option<Self>, _: &mut Drift, from: D) -> Result<Came, D::Error> {
        from.deserialize_any(AnyScalar(place))
    }

    fn is_no_id(&self) -> bool {
        self.as_text().is_some_and(|id| id == NO_ID || is_blank(id))
    }

    fn into_word(self) -> Self {
        self.as_text().and_then(folded).and_then(|word| Self::from_name(&word)).unwrap_or(self)
    }

    fn says_nothing(&self) -> bool {
        self.as_text().is_some_and(is_blank)
    }

    fn into_name(self) -> Option<Self> {
        let tidied = match self.as_text() {
            Some(name) if is_blank(name) => return None,
            Some(name) => match one_line(name) {
                Cow::Borrowed(_) => None,
                Cow::Owned(name) => Self::from_name(&name),
            },
            None => None,
        };
        Some(tidied.unwrap_or(self))
    }
}

/// A list: null and absent are the same, an item that is none is passed over, and
/// one item without its list is a list of one.
impl<T: Field> Field for Vec<T> {
    fn read<'de, D: Deserializer<'de>>(place: &mut Option<Self>, drift: &mut Drift, from: D) -> Result<Came, D::Error> {
        from.deserialize_any(AnyList { place, drift })
    }

    fn says_nothing(&self) -> bool {
        self.iter().all(Field::says_nothing)
    }
}

/// A field that is known and not read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Unread;

impl Field for Unread {
    fn read<'de, D: Deserializer<'de>>(_: &mut Option<Self>, _: &mut Drift, from: D) -> Result<Came, D::Error> {
        IgnoredAny::deserialize(from).map(|_| Came::Absent)
    }
}

/// What a visitor says of values that it does not look for.
macro_rules! misfits {
    ($($visit:ident: $kind:ty),+) => {
        $(
            fn $visit<E>(self, _: $kind) -> Result<Came, E> {
                Ok(Came::Misfit)
            }
        )+

        fn visit_unit<E>(self) -> Result<Came, E> {
            Ok(Came::Absent)
        }

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("any value")
        }
    };
}

struct AnyScalar<'a, T>(&'a mut Option<T>);

impl<T> AnyScalar<'_, T> {
    fn put(self, value: Option<T>) -> Came {
        match value {
            Some(value) => {
                *self.0 = Some(value);
                Came::Is
            }
            None => Came::Misfit,
        }
    }
}

impl<'de, T: Scalar> Visitor<'de> for AnyScalar<'_, T> {
    type Value = Came;

    misfits!(visit_bool: bool);

    fn visit_str<E>(self, text: &str) -> Result<Came, E> {
        Ok(if text.is_empty() { Came::Absent } else { self.put(T::text(text)) })
    }

    fn visit_i64<E>(self, number: i64) -> Result<Came, E> {
        Ok(self.put(T::whole(number.into())))
    }

    fn visit_u64<E>(self, number: u64) -> Result<Came, E> {
        Ok(self.put(T::whole(number.into())))
    }

    fn visit_f64<E>(self, number: f64) -> Result<Came, E> {
        Ok(self.put(T::real(number)))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, seq: A) -> Result<Came, A::Error> {
        skip_seq(seq)
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Came, A::Error> {
        skip_map(map)
    }
}

struct AnyList<'a, T> {
    place: &'a mut Option<Vec<T>>,
    drift: &'a mut Drift,
}

impl<T: Field> AnyList<'_, T> {
    fn only<'de, D: Deserializer<'de>>(self, from: D) -> Result<Came, D::Error> {
        let mut item = None;
        let came = T::read(&mut item, self.drift, from)?;
        if let Some(item) = item {
            *self.place = Some(vec![item]);
        }
        Ok(came)
    }
}

impl<'de, T: Field> Visitor<'de> for AnyList<'_, T> {
    type Value = Came;

    misfits!(visit_bool: bool);

    fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<Came, E> {
        self.only(text.into_deserializer())
    }

    fn visit_i64<E: serde::de::Error>(self, number: i64) -> Result<Came, E> {
        self.only(number.into_deserializer())
    }

    fn visit_u64<E: serde::de::Error>(self, number: u64) -> Result<Came, E> {
        self.only(number.into_deserializer())
    }

    fn visit_f64<E: serde::de::Error>(self, number: f64) -> Result<Came, E> {
        self.only(number.into_deserializer())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Came, A::Error> {
        let (mut items, drift) = (Vec::new(), self.drift);
        let mut item = None;
        while let Some(came) = seq.next_element_seed(Place { value: &mut item, drift: &mut *drift })? {
            items.extend(item.take());
            if came == Came::Misfit {
                drift.misfit.push("an item of a list");
            }
        }
        *self.place = Some(items);
        Ok(Came::Is)
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Came, A::Error> {
        self.only(MapAccessDeserializer::new(map))
    }
}

struct AnyObject<'a, F> {
    begin: F,
    drift: &'a mut Drift,
}

impl<'de, 'a, P: Payload + 'a, F: FnOnce() -> &'a mut P> Visitor<'de> for AnyObject<'_, F> {
    type Value = Came;

    misfits!(visit_bool: bool);

    fn visit_str<E>(self, text: &str) -> Result<Came, E> {
        Ok(match P::from_text(&clean(text)) {
            Some(read) => {
                *(self.begin)() = read;
                Came::Is
            }
            None if text.is_empty() => Came::Absent,
            None => Came::Misfit,
        })
    }

    fn visit_i64<E: serde::de::Error>(self, number: i64) -> Result<Came, E> {
        self.visit_str(&number.to_string())
    }

    fn visit_u64<E: serde::de::Error>(self, number: u64) -> Result<Came, E> {
        self.visit_str(&number.to_string())
    }

    fn visit_f64<E: serde::de::Error>(self, number: f64) -> Result<Came, E> {
        self.visit_str(&number.to_string())
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Came, A::Error> {
        (self.begin)().read_fields(map, self.drift)?;
        Ok(Came::Is)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, seq: A) -> Result<Came, A::Error> {
        skip_seq(seq)
    }
}

fn skip_seq<'de, A: SeqAccess<'de>>(mut seq: A) -> Result<Came, A::Error> {
    while seq.next_element::<IgnoredAny>()?.is_some() {}
    Ok(Came::Misfit)
}

fn skip_map<'de, A: MapAccess<'de>>(mut map: A) -> Result<Came, A::Error> {
    while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
    Ok(Came::Misfit)
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

    /// The same as one of the service's words; none where nothing is left of it.
    pub(crate) fn folded(self) -> Self {
        let folded = self.as_str().and_then(folded).map(Cow::Owned);
        Self(folded.or(self.0).filter(|word| !word.is_empty()))
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
        pub struct $name:ident $(, or from a text by $from_text:path)? {
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

        impl $crate::soft::Payload for $name {
            $(
                fn from_text(text: &str) -> Option<Self> {
                    $from_text(text)
                }
            )?

            fn read_fields<'de, A: serde::de::MapAccess<'de>>(
                &mut self,
                mut map: A,
                drift: &mut $crate::soft::Drift,
            ) -> Result<(), A::Error> {
                use $crate::soft::{Came, Field, Key, Place};

                while let Some(Key(key)) = map.next_key()? {
                    match key.as_ref() {
                        $( $wire $(| $alias)* => {
                            const SECOND_NAMES: &[&str] = &[$($alias),*];
                            let is_id = $wire.ends_with("id");
                            // What says nothing takes no place, and of two names the first counts.
                            let is_free = |known: &Option<$kind>| {
                                known.as_ref().is_none_or(|known| {
                                    !SECOND_NAMES.contains(&key.as_ref()) || Field::says_nothing(known)
                                })
                            };
                            let mut beside = None;
                            let goes_beside = is_id || self.$field.is_some();
                            let value = if goes_beside { &mut beside } else { &mut self.$field };
                            if map.next_value_seed(Place { value, drift: &mut *drift })? == Came::Misfit {
                                drift.misfit.push($wire);
                            }
                            // The service's own words; all but these are somebody's, and
                            // the codes of an error are in capitals.
                            if stringify!($name) != "Fault" && matches!($wire, "status" | "type" | "owner_type" | "reference_type" | "reason" | "hangup_reason" | "hangup_by") {
                                let value = if goes_beside { &mut beside } else { &mut self.$field };
                                *value = value.take().map(Field::into_word);
                            }
                            if $wire.ends_with("name") {
                                let value = if goes_beside { &mut beside } else { &mut self.$field };
                                *value = value.take().and_then(Field::into_name);
                            }
                            let says_something = |value: &$kind| {
                                if is_id { !Field::is_no_id(value) } else { !Field::says_nothing(value) }
                            };
                            if beside.as_ref().is_some_and(says_something) && is_free(&self.$field) {
                                self.$field = beside;
                            }
                        } )+
                        other => {
                            drift.unknown.push(other.to_owned());
                            map.next_value::<serde::de::IgnoredAny>()?;
                        }
                    }
                }
                Ok(())
            }
        }

        impl $crate::soft::Field for $name {
            fn read<'de, D: serde::Deserializer<'de>>(
                place: &mut Option<Self>,
                drift: &mut $crate::soft::Drift,
                from: D,
            ) -> Result<$crate::soft::Came, D::Error> {
                $crate::soft::read_object(|| place.insert(Self::default()), drift, from)
            }

            fn says_nothing(&self) -> bool {
                *self == Self::default()
            }
        }

        #[cfg(test)]
        impl $name {
            /// The names of its fields on the wire, the second names, and the
            /// type as it is written in the declaration.
            pub(crate) const FIELDS: &'static [(&'static str, &'static [&'static str], &'static str)] =
                &[$( ($wire, &[$($alias),*], stringify!($kind)) ),+];
        }
    };
}

pub(crate) use payload;
