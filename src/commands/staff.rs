//! `hospes staff`: staff accounts.

use std::io::{self, BufRead, IsTerminal};

use anyhow::Context as _;
use clap::Subcommand;
use clap::builder::{PossibleValuesParser, TypedValueParser as _};
use hospes::hotels::model::{Code, LONGEST_NAME};
use hospes::hotels::service as hotels;
use hospes::kit::ids::{DepartmentId, HotelId};
use hospes::kit::language::Language;
use hospes::platform::context::Ctx;
use hospes::staff::error::StaffError;
use hospes::staff::model::{GiveMembership, LoginEmail, RegisterStaff};
use hospes::staff::passwords::{self, LONGEST_BYTES, Refused, SHORTEST};
use hospes::staff::roles::{Authority, Role};
use hospes::staff::service as staff;
use secrecy::{ExposeSecret, SecretString};

use super::Context;
use super::operator::{self, Operator, words};

/// Departments looked through for a code; no hotel has as many.
const DEPARTMENTS: i64 = 1_000;

/// Set up staff accounts
#[derive(Subcommand)]
pub enum What {
    /// Create a staff account; asks for its password
    Create(Create),
}

/// The arguments of `hospes staff create`.
#[derive(clap::Args)]
#[command(after_help = "\
Examples:
  hospes staff create --group grandbay --role admin \\
    --email you@grandbay.example --name 'Your Name'
  hospes staff create --group grandbay --role front_desk --hotel shenzhen \\
    --email desk@grandbay.example --name 王芳 --language zh-CN \\
    --password-stdin < password.txt

The password is asked for twice, or read from standard input; it is never an argument, because arguments can be seen \
by everybody on the machine.

Reads HOSPES_DATABASE_URL.")]
pub struct Create {
    /// Code of the hotel group
    #[arg(long, value_name = "CODE", value_parser = operator::code)]
    group: Code,
    /// E-mail address to log in with
    #[arg(long, value_name = "ADDRESS", value_parser = email)]
    email: LoginEmail,
    /// Name as colleagues see it
    #[arg(long, value_parser = name)]
    name: String,
    /// What the account may do
    #[arg(long, value_parser = roles())]
    role: Role,
    /// Code of the hotel it works at; without it the account works for the whole group
    #[arg(long, value_name = "CODE", value_parser = operator::code)]
    hotel: Option<Code>,
    /// Code of its department in that hotel
    #[arg(long, value_name = "CODE", requires = "hotel", value_parser = operator::code)]
    department: Option<Code>,
    /// Language of mails to it: en or zh-CN
    #[arg(long, default_value = "en", value_parser = language)]
    language: Language,
    /// Read the password from the first line of standard input
    #[arg(long)]
    password_stdin: bool,
}

/// Reads a role from the command line.
pub fn roles() -> impl clap::builder::TypedValueParser<Value = Role> {
    PossibleValuesParser::new(Role::ALL.iter().map(|role| role.code()))
        .try_map(|code| Role::parse(&code).ok_or("no such role"))
}

fn email(text: &str) -> Result<LoginEmail, &'static str> {
    LoginEmail::parse(text).ok_or("an address looks like name@hotel.example")
}

fn name(text: &str) -> Result<String, String> {
    let text = text.trim();
    let good = (1..=LONGEST_NAME).contains(&text.chars().count()) && !text.chars().any(char::is_control);
    if good {
        Ok(text.to_owned())
    } else {
        Err(format!("a name is one line of 1 to {LONGEST_NAME} characters"))
    }
}

fn language(text: &str) -> Result<Language, &'static str> {
    match text {
        "en" | "zh-CN" => Language::of_tag(text).ok_or("en or zh-CN"),
        _ => Err("en or zh-CN"),
    }
}

pub async fn run(what: What, context: &mut Context) -> anyhow::Result<()> {
    let What::Create(args) = what;
    let operator = Operator::open(&context.variables)?;
    let cx = operator.context(operator.group(&args.group).await?.id);
    let hotel_id = match &args.hotel {
        Some(code) => Some(operator.hotel(&cx, code).await?.id),
        None => None,
    };
    let department_id = match (hotel_id, &args.department) {
        (Some(hotel), Some(code)) => Some(department(&operator, &cx, hotel, code).await?),
        _ => None,
    };
    let password = read_password(args.password_stdin)?;
    check_password(&operator, &cx, &args, &password).await?;
    let command = RegisterStaff {
        email: args.email.clone(),
        display_name: args.name,
        language: args.language,
        password_hash: passwords::hash(&password)?,
        memberships: vec![GiveMembership { hotel_id, department_id, role: args.role }],
    };
    let created =
        operator.db.write(move |tx| staff::create_staff(tx, &cx, &Authority::Operator, command)).await;
    let created = created
        .map_err(told)
        .with_context(|| format!("cannot create the account {}", args.email.as_str()))?;
    context.out.line(format_args!("created the account {} ({})", created.email, created.id))?;
    Ok(context.out.flush()?)
}

async fn department(
    operator: &Operator,
    cx: &Ctx,
    hotel: HotelId,
    code: &Code,
) -> anyhow::Result<DepartmentId> {
    let cx = cx.clone();
    let list = operator.db.read(move |r| hotels::list_departments(r, &cx, hotel, None, DEPARTMENTS)).await?;
    let found = list.items.into_iter().find(|department| department.code == *code);
    Ok(found.with_context(|| format!("there is no department {code} in the hotel"))?.id)
}

fn read_password(from_stdin: bool) -> anyhow::Result<SecretString> {
    if from_stdin {
        let mut line = String::new();
        io::stdin().lock().read_line(&mut line).context("cannot read the password from standard input")?;
        let password = line.trim_end_matches(['\r', '\n']).to_owned();
        anyhow::ensure!(!password.is_empty(), "standard input holds no password");
        return Ok(password.into());
    }
    anyhow::ensure!(
        io::stdin().is_terminal(),
        "there is no terminal to ask for the password: use --password-stdin"
    );
    let first: SecretString =
        rpassword::prompt_password("Password: ").context("cannot read the password")?.into();
    let second: SecretString =
        rpassword::prompt_password("Once more: ").context("cannot read the password")?.into();
    anyhow::ensure!(first.expose_secret() == second.expose_secret(), "the two passwords differ");
    Ok(first)
}

async fn check_password(
    operator: &Operator,
    cx: &Ctx,
    args: &Create,
    password: &SecretString,
) -> anyhow::Result<()> {
    let (cx, email, name) = (cx.clone(), args.email.as_str().to_owned(), args.name.clone());
    let contexts = operator.db.read(move |r| staff::password_contexts(r, &cx, &email, &name)).await?;
    match passwords::check(password, &contexts) {
        Ok(()) => Ok(()),
        Err(Refused::Length) => {
            anyhow::bail!(
                "the password must have {SHORTEST} characters or more, and at most {LONGEST_BYTES} bytes"
            )
        }
        Err(Refused::Weak) => {
            anyhow::bail!("the password is easy to guess: take another, or add words to it")
        }
    }
}

fn told(error: StaffError) -> anyhow::Error {
    match error {
        StaffError::Invalid(faults) => anyhow::anyhow!("{}", words(&faults)),
        error => error.into(),
    }
}
