//! Measures the duplicate scorer on labelled data: reads record files whose
//! truth is known, finds candidates and scores them exactly as the API does,
//! and prints precision and recall.
//!
//! Usage: `linkage_eval FILE...`, each a csv or csv.gz in the FEBRL or the
//! RLdata layout. A file is a corpus of its own; files that hold no true pair
//! in themselves are joined with the following such files into one corpus.

#![expect(clippy::print_stdout, reason = "a report on standard output is what this program is for")]

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::fs::File;
use std::io::Read;
use std::process::ExitCode;

use anyhow::{Context, bail};
use csv::StringRecord;
use flate2::read::MultiGzDecoder;
use hospes::guests::matching::{
    Address, BlockingKey, Details, Features, LIKELY, MAX_HOLDERS, Name, OpaqueKey, PartialDate, SUGGEST,
    blocking_keys, score,
};

const FEBRL: [&str; 11] = [
    "rec_id",
    "given_name",
    "surname",
    "street_number",
    "address_1",
    "address_2",
    "suburb",
    "postcode",
    "state",
    "date_of_birth",
    "soc_sec_id",
];
const RLDATA: [&str; 9] =
    ["fname_c1", "fname_c2", "lname_c1", "lname_c2", "by", "bm", "bd", "rec_id", "ent_id"];

/// One record: the person it is known to stand for, and what is compared.
struct Labelled {
    person: String,
    features: Features,
}

/// One set of records within which pairs are looked for.
#[derive(Default)]
struct Corpus {
    files: Vec<String>,
    records: Vec<Labelled>,
}

fn main() -> ExitCode {
    let files: Vec<String> = std::env::args().skip(1).collect();
    match run(&files) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("linkage-eval: {error:#}");
            ExitCode::FAILURE
        }
    }
}

/// Reports every corpus; files left without a true pair are an error.
fn run(files: &[String]) -> anyhow::Result<()> {
    if files.is_empty() {
        bail!("no file given; usage: linkage-eval FILE... (csv or csv.gz, FEBRL or RLdata layout)");
    }
    let mut open = Corpus::default();
    for file in files {
        let records = read(file).with_context(|| format!("cannot evaluate {file}"))?;
        if true_pairs(&records) > 0 {
            report(&Corpus { files: vec![file.clone()], records });
            continue;
        }
        open.files.push(file.clone());
        open.records.extend(records);
        if true_pairs(&open.records) > 0 {
            report(&std::mem::take(&mut open));
        }
    }
    if !open.files.is_empty() {
        bail!("no true pair in {}: give the file with the other half as well", open.files.join(", "));
    }
    Ok(())
}

fn read(file: &str) -> anyhow::Result<Vec<Labelled>> {
    let source = File::open(file)?;
    let source: Box<dyn Read> =
        if file.ends_with(".gz") { Box::new(MultiGzDecoder::new(source)) } else { Box::new(source) };
    let mut reader = csv::ReaderBuilder::new().trim(csv::Trim::All).from_reader(source);
    let header: Vec<String> = reader.headers()?.iter().map(str::to_owned).collect();
    let parse: fn(&Row<'_>) -> anyhow::Result<Labelled> = if header == FEBRL {
        febrl
    } else if header == RLDATA {
        rldata
    } else {
        bail!(
            "unknown layout; expected the columns of FEBRL ({}) or RLdata ({}), found {}",
            FEBRL.join(","),
            RLDATA.join(","),
            header.join(",")
        );
    };
    let mut records = Vec::new();
    for record in reader.records() {
        let record = record?;
        records.push(parse(&Row { header: &header, record: &record })?);
    }
    Ok(records)
}

/// One line of a file, read by column name; "NA" and blank are missing.
struct Row<'a> {
    header: &'a [String],
    record: &'a StringRecord,
}

impl Row<'_> {
    fn get(&self, column: &str) -> Option<String> {
        let position = self.header.iter().position(|name| name == column)?;
        let value = self.record.get(position)?;
        (!value.is_empty() && value != "NA").then(|| value.to_owned())
    }

    fn number<T: std::str::FromStr>(&self, column: &str) -> Option<T> {
        self.get(column)?.parse().ok()
    }
}

/// Truth is the number in `rec-<n>-org` and `rec-<n>-dup-<k>`; nothing else of
/// the record id is read.
fn febrl(row: &Row<'_>) -> anyhow::Result<Labelled> {
    let id = row.get("rec_id").context("a record has no rec_id")?;
    let person = id
        .strip_prefix("rec-")
        .and_then(|rest| rest.split('-').next())
        .with_context(|| format!("rec_id {id} is not of the form rec-<n>-org or rec-<n>-dup-<k>"))?;
    let details = Details {
        names: vec![Name { given: row.get("given_name"), surname: row.get("surname"), ..Name::default() }],
        birth_date: row.get("date_of_birth").map(|text| compact_date(&text)),
        keys: row
            .get("soc_sec_id")
            .map(|value| OpaqueKey { kind: "document_number".to_owned(), value })
            .into_iter()
            .collect(),
        addresses: vec![febrl_address(row)],
        ..Details::default()
    };
    Ok(Labelled { person: person.to_owned(), features: Features::new(&details) })
}

fn febrl_address(row: &Row<'_>) -> Address {
    let street = [row.get("street_number"), row.get("address_1")];
    let street = street.into_iter().flatten().collect::<Vec<_>>().join(" ");
    Address {
        lines: [Some(street), row.get("address_2")].into_iter().flatten().collect(),
        city: row.get("suburb"),
        postal_code: row.get("postcode"),
        state: row.get("state"),
        ..Address::default()
    }
}

fn rldata(row: &Row<'_>) -> anyhow::Result<Labelled> {
    let details = Details {
        names: vec![Name {
            given: row.get("fname_c1"),
            middle: row.get("fname_c2"),
            surname: row.get("lname_c1"),
            second_surname: row.get("lname_c2"),
            ..Name::default()
        }],
        birth_date: Some(PartialDate {
            year: row.number("by"),
            month: row.number("bm"),
            day: row.number("bd"),
        }),
        ..Details::default()
    };
    let person = row.get("ent_id").context("a record has no ent_id")?;
    Ok(Labelled { person, features: Features::new(&details) })
}

/// Reads YYYYMMDD, possible or not; a part that is no number is missing.
fn compact_date(text: &str) -> PartialDate {
    PartialDate {
        year: text.get(0..4).and_then(|part| part.parse().ok()),
        month: text.get(4..6).and_then(|part| part.parse().ok()),
        day: text.get(6..8).and_then(|part| part.parse().ok()),
    }
}

fn true_pairs(records: &[Labelled]) -> usize {
    let mut persons: HashMap<&str, usize> = HashMap::new();
    for record in records {
        *persons.entry(&record.person).or_default() += 1;
    }
    persons.values().map(|count| count * (count - 1) / 2).sum()
}

/// The counts a report is made of, in pairs.
#[derive(Default)]
struct Tally {
    candidates: u32,
    candidates_true: u32,
    suggested: u32,
    suggested_true: u32,
    likely: u32,
    likely_true: u32,
}

fn report(corpus: &Corpus) {
    let tally = evaluate(&corpus.records);
    let pairs = u32::try_from(true_pairs(&corpus.records)).unwrap_or(u32::MAX);
    println!("files: {}", corpus.files.join(" + "));
    println!("records: {}", corpus.records.len());
    println!("true pairs: {pairs}");
    println!("candidate pairs: {}", tally.candidates);
    println!("blocking recall: {:.4}", ratio(tally.candidates_true, pairs));
    println!("suggested: {}", tally.suggested);
    println!("true positives: {}", tally.suggested_true);
    println!("precision: {:.4}", ratio(tally.suggested_true, tally.suggested));
    println!("recall: {:.4}", ratio(tally.suggested_true, pairs));
    println!("likely precision: {:.4}", ratio(tally.likely_true, tally.likely));
    println!("likely recall: {:.4}\n", ratio(tally.likely_true, pairs));
}

fn evaluate(records: &[Labelled]) -> Tally {
    let mut index: BTreeMap<BlockingKey, Vec<usize>> = BTreeMap::new();
    for (position, record) in records.iter().enumerate() {
        for key in blocking_keys(&record.features) {
            index.entry(key).or_default().push(position);
        }
    }
    let count = |key: &BlockingKey| index.get(key).and_then(|holders| u32::try_from(holders.len()).ok());
    let mut tally = Tally::default();
    for (first, second) in candidates(&index) {
        let (Some(a), Some(b)) = (records.get(first), records.get(second)) else {
            continue;
        };
        let same = u32::from(a.person == b.person);
        let value = score(&a.features, &b.features, &count).value;
        tally.candidates += 1;
        tally.candidates_true += same;
        if value >= SUGGEST {
            tally.suggested += 1;
            tally.suggested_true += same;
        }
        if value >= LIKELY {
            tally.likely += 1;
            tally.likely_true += same;
        }
    }
    tally
}

/// All pairs that share a key which is not too common.
fn candidates(index: &BTreeMap<BlockingKey, Vec<usize>>) -> BTreeSet<(usize, usize)> {
    let mut pairs = BTreeSet::new();
    for holders in index.values() {
        if u32::try_from(holders.len()).map_or(true, |count| count > MAX_HOLDERS) {
            continue;
        }
        for (skipped, first) in holders.iter().enumerate() {
            pairs.extend(holders.iter().skip(skipped + 1).map(|second| (*first, *second)));
        }
    }
    pairs
}

fn ratio(part: u32, whole: u32) -> f64 {
    if whole == 0 { 0.0 } else { f64::from(part) / f64::from(whole) }
}
