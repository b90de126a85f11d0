//! Owns the numbers of the scorer: log-likelihood weights, thresholds and
//! limits, one fixed set for every hotel and every data set.
//!
//! A weight is log2(P(agreement | same person) / P(agreement | different
//! persons)), in bits. The first probability is high for values that are
//! seldom mistyped; the second follows from how many different values there
//! are: a birth month agrees by chance once in 12 pairs, a passport number
//! practically never. Values that one household shares (surname, address,
//! phone, e-mail) get less than their rarity alone would give them.

/// Log2 odds that two guests found through a blocking key are one person
/// before anything is compared.
pub const PRIOR: f64 = -16.0;

/// Smallest score at which a pair is suggested as a possible duplicate: log2
/// odds of 0.
///
/// Measured with `scripts/linkage-eval` (precision / recall): FEBRL dataset1
/// 1.000 / 0.984, dataset2 1.000 / 0.987, dataset4 a with b 1.000 / 0.986,
/// RLdata500 1.000 / 0.980; on synthetic sets of 10,000 names and birth dates
/// 0.96 / 0.96, on synthetic sets of 5,000 badly mistyped records with up to
/// six of one person 1.000 / 0.93.
pub const SUGGEST: f64 = 0.5;

/// Smallest score at which creating a guest is refused as a duplicate: log2
/// odds of about 5.6.
///
/// Measured like [`SUGGEST`]: precision 1.000 on FEBRL and RLdata500, at least
/// 0.997 on the synthetic sets; recall 0.85 to 0.89 on FEBRL, 0.58 on
/// RLdata500, where one letter in a name or date is all there is to go by.
pub const LIKELY: f64 = 0.98;

/// Largest number of holders up to which a document, phone number, e-mail
/// address or hash is taken to belong to one person. Above it the value is a
/// placeholder (or an agency's contact) and proves nothing.
pub const MAX_SHARED: u32 = 8;

/// Smallest Jaro-Winkler similarity at which two names that differ by more
/// than one letter still count a little for a pair; 0 to 1.
pub const NAME_SIMILAR: f64 = 0.85;

/// Added when given name and surname agree only after being swapped, in bits.
pub const NAMES_SWAPPED: f64 = -1.0;

/// Weights of one part of a name by level of agreement, in bits.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PartWeights {
    /// The same spelling.
    pub exact: f64,
    /// One typing error, or Chinese homophones.
    pub close: f64,
    /// One has more words than the other.
    pub subset: f64,
    /// An initial that agrees.
    pub initial: f64,
    /// Alike by Jaro-Winkler.
    pub similar: f64,
    /// Different.
    pub differ: f64,
}

/// Given names: a hundred names cover most of a population.
pub const GIVEN: PartWeights =
    PartWeights { exact: 5.5, close: 4.0, subset: 3.5, initial: 1.5, similar: 0.5, differ: -4.0 };

/// Surnames: more varied than given names.
pub const SURNAME: PartWeights =
    PartWeights { exact: 6.5, close: 5.0, subset: 4.0, initial: 1.5, similar: 0.5, differ: -4.5 };

/// Most bearers of one full name up to which the name keeps its whole weight;
/// a person stored several times makes as many bearers.
pub const RARE_NAME: u32 = 6;

/// Two names that are one hash, in bits; unlike hashes may hide one typo.
pub const NAME_HASH_EXACT: f64 = 10.0;
/// Name hashes that differ, in bits.
pub const NAME_HASH_DIFFER: f64 = -5.0;

/// Birth year that agrees: about 60 usual values, unevenly spread.
pub const YEAR: f64 = 5.0;
/// Birth month that agrees: 12 values.
pub const MONTH: f64 = 3.5;
/// Day of birth that agrees: about 30 values.
pub const DAY: f64 = 4.8;
/// Taken off a date on 1 January, which also stands for "day not known".
pub const NEW_YEAR: f64 = -4.0;
/// Birth dates that agree with day and month swapped.
pub const DATE_SWAPPED: f64 = 10.0;
/// One part of the date that differs by one typing error.
pub const DATE_PART_TYPO: f64 = -2.5;
/// One part of the date that differs otherwise.
pub const DATE_PART_DIFFER: f64 = -4.0;
/// Two parts of the date that differ by one transposition across them.
pub const DATE_TYPO: f64 = 5.0;
/// Lowest weight of the birth date.
pub const DATE_DIFFER: f64 = -7.0;

/// One own e-mail address in common.
pub const EMAIL_EXACT: f64 = 13.0;
/// One letter of the local part differs, in the same domain.
pub const EMAIL_CLOSE: f64 = 7.0;
/// The same local part in another domain.
pub const EMAIL_LOCAL: f64 = 3.0;
/// One booking-site alias in common.
pub const EMAIL_ALIAS: f64 = 2.0;
/// Own addresses on both sides, none in common: people have several.
pub const EMAIL_DIFFER: f64 = -0.5;

/// One phone number in common.
pub const PHONE_EXACT: f64 = 11.0;
/// One digit differs.
pub const PHONE_CLOSE: f64 = 3.0;
/// Numbers on both sides, none in common.
pub const PHONE_DIFFER: f64 = -0.5;

/// One document or other identifying key in common.
pub const DOCUMENT_EXACT: f64 = 14.0;
/// One character differs, in a key that is not a hash.
pub const DOCUMENT_CLOSE: f64 = 8.0;
/// Keys of one kind that differ: documents are renewed.
pub const DOCUMENT_DIFFER: f64 = -1.5;

/// The same street lines.
pub const STREET_EXACT: f64 = 7.0;
/// Street lines alike up to typing errors.
pub const STREET_CLOSE: f64 = 5.0;
/// Street lines somewhat alike, or another house in the same street.
pub const STREET_PARTIAL: f64 = 2.0;
/// Different street lines: people move.
pub const STREET_DIFFER: f64 = -1.0;
/// The same postal code.
pub const POSTAL_EXACT: f64 = 4.0;
/// One character of the postal code differs.
pub const POSTAL_CLOSE: f64 = 1.5;
/// The same city or district.
pub const PLACE_EXACT: f64 = 2.5;
/// City or district alike up to typing errors.
pub const PLACE_CLOSE: f64 = 1.5;
/// Postal code, city, state or country that differs.
pub const PLACE_DIFFER: f64 = -0.5;
/// The same state.
pub const STATE_EXACT: f64 = 0.5;
/// Highest weight of an address: a household shares it.
pub const ADDRESS_MAX: f64 = 11.0;
/// Lowest weight of an address.
pub const ADDRESS_MIN: f64 = -2.0;

/// The same nationality: most guests of a hotel come from few countries.
pub const NATIONALITY_EXACT: f64 = 1.0;
/// Different nationalities: some people have two.
pub const NATIONALITY_DIFFER: f64 = -2.0;
/// The same gender.
pub const GENDER_EXACT: f64 = 0.8;
/// Different genders: often entered wrongly.
pub const GENDER_DIFFER: f64 = -2.5;

/// Highest total log2 odds of a pair whose names differ, unless both a document
/// and the birth date agree: it is a household, twins or colleagues.
pub const CONFLICT_MAX: f64 = -1.0;
/// Highest total log2 odds of a pair whose names do not speak for it.
pub const UNNAMED_MAX: f64 = 4.0;
