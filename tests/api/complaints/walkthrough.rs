//! The walkthrough of `docs/` is true: every `curl` of it is sent, and answers what the comment below it says.

use std::collections::HashMap;

use actix_web::http::Method;
use rstest::rstest;

use crate::harness::{Answer, Backend, World};

const PAGE: &str = include_str!("../../../docs/walkthrough-complaint.md");

/// Words of a line as a shell makes them of quotes and variables; pipes and closing brackets end it.
fn words(line: &str, variables: &HashMap<String, String>) -> Vec<String> {
    let (mut words, mut word, mut begun, mut quote) = (Vec::new(), String::new(), false, None);
    let mut rest = line.chars().peekable();
    while let Some(c) = rest.next() {
        match (quote, c) {
            (None, '\'' | '"') => (quote, begun) = (Some(c), true),
            (Some(open), c) if c == open => quote = None,
            (Some('"'), '\\') => word.extend(rest.next()),
            (None | Some('"'), '$') => {
                let mut name = String::new();
                while let Some(c) = rest.next_if(|c| c.is_ascii_uppercase() || *c == '_') {
                    name.push(c);
                }
                word.push_str(variables.get(&name).unwrap_or_else(|| panic!("{name} is not set: {line}")));
                begun = true;
            }
            (None, '|') => break,
            (None, ' ') => {
                if begun {
                    words.push(std::mem::take(&mut word));
                    begun = false;
                }
            }
            (_, c) => {
                word.push(c);
                begun = true;
            }
        }
    }
    if begun {
        words.push(word);
    }
    words
}

async fn send(world: &World, command: &[String]) -> Answer {
    let (mut method, mut path, mut headers, mut body) = (None, None, Vec::new(), None);
    let mut rest = command.iter().skip(1);
    while let Some(word) = rest.next() {
        match word.as_str() {
            "-s" => {}
            "-X" => method = rest.next().map(|method| method.parse().unwrap()),
            "-H" => headers.extend(rest.next().map(|header| header.split_once(": ").unwrap())),
            "-d" => body = rest.next().cloned(),
            word => path = Some(word.to_owned()),
        }
    }
    let plain = if body.is_some() { Method::POST } else { Method::GET };
    let mut request = world.request(method.unwrap_or(plain), &path.unwrap());
    let mut media = String::new();
    for (name, value) in headers {
        if name.eq_ignore_ascii_case("content-type") {
            media = value.to_owned();
        } else {
            request = request.header(&name.to_lowercase(), value);
        }
    }
    match body {
        Some(body) => request.body(&media, body).await,
        None => request.send().await,
    }
}

/// What the helper behind the pipe picks from an answer.
fn picked(line: &str, answer: &Answer) -> String {
    let body = answer.json();
    let value = match line.rsplit_once("| ").unwrap().1 {
        "first_id)" => &body["items"][0]["id"],
        "id)" => &body["id"],
        sed if sed.contains("token") => &body["token"],
        _ => &body["solutions"][0]["id"],
    };
    value.as_str().unwrap_or_else(|| panic!("{line}: {body}")).to_owned()
}

#[rstest]
#[actix_web::test]
async fn every_line_of_the_walkthrough_answers_what_it_says(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let world = World::new(backend).await;
    let mut variables = HashMap::from([
        ("API".to_owned(), String::new()),
        ("JSON".to_owned(), "Content-Type: application/json".to_owned()),
        ("TODAY".to_owned(), "2026-11-21".to_owned()),
        ("NOW".to_owned(), "2026-11-21T08:00:00Z".to_owned()),
    ]);
    for (name, role) in [("DESK", "front_desk"), ("MANAGER", "duty_manager")] {
        let token = world.staff(role).await.token;
        variables.insert(name.to_owned(), format!("Authorization: Bearer {token}"));
    }
    let (mut last, mut sent, mut held): (Option<(String, Answer)>, i32, i32) = (None, 0, 0);
    let mut inside = false;
    for line in PAGE.lines() {
        if line.starts_with("```") {
            inside = line == "```sh";
        } else if !inside || line.contains("() {") {
            continue;
        } else if let Some((name, call)) = line.split_once("=$(curl ") {
            let answer = send(&world, &words(&format!("curl {call}"), &variables)).await;
            assert!(answer.status < 300, "{line}: {}", String::from_utf8_lossy(&answer.bytes));
            variables.insert(name.to_owned(), picked(line, &answer));
            sent += 1;
        } else if line.starts_with("curl ") {
            last = Some((line.to_owned(), send(&world, &words(line, &variables)).await));
            sent += 1;
        } else if let Some((status, fragment)) = line.strip_prefix("# ").and_then(|rest| rest.split_once(' '))
        {
            let (command, answer) = last.take().unwrap();
            let text = String::from_utf8_lossy(&answer.bytes).into_owned();
            assert_eq!(answer.status.to_string(), status, "{command}: {text}");
            assert!(text.contains(fragment), "{command}: no {fragment} in {text}");
            held += 1;
        }
    }
    assert!(last.is_none() && sent == 32 && held == 26, "{sent} sent, {held} held");
}
