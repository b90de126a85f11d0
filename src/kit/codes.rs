//! Enums of stable codes, for storage, the API and the document alike.

use crate::kit::language::Language;

/// A closed list of codes, each with a label in the locales: `label.<list>.<code>`.
pub trait Coded: Copy {
    /// Name of the list, that of the enum.
    const LIST: &'static str;

    /// The stable code.
    fn code(self) -> &'static str;

    /// Its label in a language.
    fn label(self, language: Language) -> String {
        let key = format!("label.{}.{}", Self::LIST, self.code());
        rust_i18n::t!(&key, locale = language.tag()).into_owned()
    }
}

/// Declares an enum of codes: serde and text forms are the same lower snake case.
#[macro_export]
macro_rules! codes {
    ($($(#[doc = $doc:literal])+ $name:ident { $($(#[$vmeta:meta])* $variant:ident = $code:literal),+ $(,)? })+) => { $(
        $(#[doc = $doc])+
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
        pub enum $name { $($(#[$vmeta])* #[serde(rename = $code)] $variant),+ }

        impl $name {
            /// Every value.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// Stable code for storage and the API.
            pub const fn code(self) -> &'static str {
                match self { $(Self::$variant => $code),+ }
            }

            /// The value of a code; `None` when unknown.
            pub fn of(code: &str) -> Option<Self> {
                match code { $($code => Some(Self::$variant),)+ _ => None }
            }
        }

        impl $crate::kit::codes::Coded for $name {
            const LIST: &'static str = stringify!($name);

            fn code(self) -> &'static str {
                self.code()
            }
        }

        // Written out, because the derive does not see codes that come through a macro.
        impl utoipa::PartialSchema for $name {
            fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::schema::Schema> {
                let schema = utoipa::openapi::ObjectBuilder::new()
                    .schema_type(utoipa::openapi::schema::Type::String)
                    .description(Some(concat!($($doc),+).trim()))
                    .enum_values(Some([$($code),+]))
                    .build();
                schema.into()
            }
        }

        impl utoipa::ToSchema for $name {
            fn name() -> std::borrow::Cow<'static, str> {
                stringify!($name).into()
            }
        }
    )+ };
}
