//! `hospes hotel`: hotels of a group.

use std::collections::BTreeMap;

use anyhow::Context as _;
use clap::Subcommand;
use hospes::hotels::error::HotelError;
use hospes::hotels::model::{Code, CreateHotel, Currency, LanguageTag, Names, TimeZone};
use hospes::hotels::service as hotels;

use super::Context;
use super::operator::{self, Operator, words};

/// Set up hotels
#[derive(Subcommand)]
pub enum What {
    /// Create a hotel in a group
    #[command(after_help = "\
Example:
  hospes hotel create --group grandbay --code shenzhen \\
    --name 'en=Grand Bay Shenzhen' --name zh-CN=深圳海湾酒店 \\
    --time-zone Asia/Shanghai --currency CNY --language zh-CN

Reads HOSPES_DATABASE_URL.")]
    Create {
        /// Code of the hotel group
        #[arg(long, value_name = "CODE", value_parser = operator::code)]
        group: Code,
        /// Short name, unique in the group; never changes
        #[arg(long, value_parser = operator::code)]
        code: Code,
        /// Name in a language, once for each; the default language must be among them
        #[arg(long = "name", value_name = "LANGUAGE=TEXT", required = true, value_parser = name)]
        names: Vec<(String, String)>,
        /// Time zone of the hotel, an IANA name
        #[arg(long, value_name = "ZONE", value_parser = time_zone)]
        time_zone: TimeZone,
        /// Currency the hotel charges in, an ISO 4217 code
        #[arg(long, value_name = "CODE", value_parser = currency)]
        currency: Currency,
        /// Default language, a BCP 47 tag
        #[arg(long, value_name = "LANGUAGE", value_parser = language)]
        language: LanguageTag,
    },
}

fn name(text: &str) -> Result<(String, String), String> {
    let (tag, name) =
        text.split_once('=').ok_or("a name is given as LANGUAGE=TEXT, such as zh-CN=西湖酒店")?;
    Names::parse(BTreeMap::from([(tag.to_owned(), name.to_owned())]))
        .map_err(|_| "the part before = is a language such as zh-CN, the part behind it one line of text")?;
    Ok((tag.to_owned(), name.to_owned()))
}

fn time_zone(text: &str) -> Result<TimeZone, &'static str> {
    TimeZone::parse(text).ok_or("a time zone is an IANA name, such as Asia/Shanghai")
}

fn currency(text: &str) -> Result<Currency, &'static str> {
    Currency::parse(text).ok_or("a currency is a code of ISO 4217, such as CNY")
}

fn language(text: &str) -> Result<LanguageTag, &'static str> {
    LanguageTag::parse(text).ok_or("a language is a BCP 47 tag, such as zh-CN")
}

pub async fn run(what: What, context: &mut Context) -> anyhow::Result<()> {
    let What::Create { group, code, names, time_zone, currency, language } = what;
    let names = Names::parse(names.into_iter().collect())
        .map_err(|_| anyhow::anyhow!("the same language is named twice, or too many are"))?;
    let operator = Operator::open(&context.variables)?;
    let cx = operator.context(operator.group(&group).await?.id);
    let command = CreateHotel { code: code.clone(), names, time_zone, currency, default_language: language };
    let hotel = operator.db.write(move |tx| hotels::create_hotel(tx, &cx, command)).await;
    let hotel = hotel.map_err(told).with_context(|| format!("cannot create the hotel {code}"))?;
    context.out.line(format_args!("created the hotel {} ({})", hotel.code, hotel.id))?;
    Ok(context.out.flush()?)
}

fn told(error: HotelError) -> anyhow::Error {
    match error {
        HotelError::Invalid(faults) => anyhow::anyhow!("{}", words(&faults)),
        error => error.into(),
    }
}
