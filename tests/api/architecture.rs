//! The import table: who may use whom, read from the `use` lines and paths of the sources.

use std::path::{Path, PathBuf};

use syn::visit::Visit;

struct Source {
    /// Module path, `guests::api::create`.
    module: Vec<String>,
    /// Paths it names, `crate::` first for its own crate.
    paths: Vec<Vec<String>>,
}

#[derive(Default)]
struct Paths {
    found: Vec<Vec<String>>,
}

impl Paths {
    fn tree(&mut self, tree: &syn::UseTree, before: &[String]) {
        match tree {
            syn::UseTree::Path(path) => {
                let mut here = before.to_vec();
                here.push(path.ident.to_string());
                self.tree(&path.tree, &here);
            }
            syn::UseTree::Name(name) => self.leaf(before, name.ident.to_string()),
            syn::UseTree::Rename(name) => self.leaf(before, name.ident.to_string()),
            syn::UseTree::Glob(_) => self.found.push(before.to_vec()),
            syn::UseTree::Group(group) => group.items.iter().for_each(|item| self.tree(item, before)),
        }
    }

    fn leaf(&mut self, before: &[String], name: String) {
        let mut here = before.to_vec();
        here.push(name);
        self.found.push(here);
    }
}

impl<'ast> Visit<'ast> for Paths {
    fn visit_item_use(&mut self, item: &'ast syn::ItemUse) {
        self.tree(&item.tree, &[]);
    }

    fn visit_path(&mut self, path: &'ast syn::Path) {
        self.found.push(path.segments.iter().map(|segment| segment.ident.to_string()).collect());
        syn::visit::visit_path(self, path);
    }

    fn visit_item_mod(&mut self, item: &'ast syn::ItemMod) {
        // Tests may use what they like.
        let test = item.attrs.iter().any(|attribute| attribute.path().is_ident("cfg"));
        if !test {
            syn::visit::visit_item_mod(self, item);
        }
    }
}

fn files(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
}

fn sources() -> Vec<Source> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut paths = Vec::new();
    files(&root, &mut paths);
    paths
        .iter()
        .map(|path| {
            let relative = path.strip_prefix(&root).unwrap().with_extension("");
            let mut module: Vec<String> =
                relative.iter().map(|part| part.to_str().unwrap().to_owned()).collect();
            if module.last().is_some_and(|last| last == "mod") {
                module.pop();
            }
            let text = std::fs::read_to_string(path).unwrap();
            let mut visitor = Paths::default();
            visitor.visit_file(
                &syn::parse_file(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display())),
            );
            Source { module, paths: visitor.found }
        })
        // Test modules in files of their own.
        .filter(|source| !source.module.last().is_some_and(|last| last.ends_with("tests")))
        .collect()
}

/// Slices in the one order in which services may use each other: later ones use earlier ones.
const SLICES: [&str; 15] = [
    "hotels",
    "staff",
    "service_levels",
    "guests",
    "partners",
    "preferences",
    "stays",
    "plans",
    "recovery",
    "complaint_settings",
    "problems",
    "complaints",
    "jobs",
    "audit",
    "events",
];

/// The floor of a module.
fn floor(module: &[String]) -> &str {
    match module.first().map(String::as_str) {
        Some("kit" | "config") => "ground",
        Some("db") => "db",
        Some("platform") => "platform",
        Some("web") => "web",
        Some("intake") => "intake",
        Some("flows") if module.iter().any(|part| part == "api") => "slice api",
        Some("flows") => "flows",
        Some(slice) if SLICES.contains(&slice) => match () {
            () if module.iter().any(|part| part == "api") => "slice api",
            () if module.last().is_some_and(|last| last.ends_with("repo")) => "slice repo",
            () => "slice",
        },
        _ => "top",
    }
}

/// Whether `from` may name `to` (a path inside the crate, without `crate`).
fn allowed(from: &[String], to: &[String]) -> bool {
    let target = to.first().map(String::as_str).unwrap_or_default();
    let api = to.iter().any(|part| part == "api");
    let same = from.first() == to.first();
    let order = |module: &[String]| {
        SLICES.iter().position(|slice| module.first().is_some_and(|first| first == slice))
    };
    // Macros of the crate and its root items.
    if to.len() < 2 && !matches!(floor(to), "ground" | "db" | "platform" | "web" | "slice") {
        return true;
    }
    match floor(from) {
        "ground" => matches!(target, "kit" | "config"),
        "db" => matches!(target, "kit" | "config" | "db"),
        "platform" => matches!(target, "kit" | "config" | "db" | "platform"),
        "web" => match target {
            "kit" | "config" | "platform" | "web" => true,
            // The handle alone: no tables, no types.
            "db" => !matches!(to.get(1).map(String::as_str), Some("schema" | "types" | "dialect" | "tables")),
            _ => false,
        },
        "intake" => matches!(target, "kit" | "intake"),
        "slice repo" => matches!(target, "kit" | "config" | "db" | "platform") || (same && !api),
        "slice" => match target {
            "kit" | "config" | "platform" => true,
            "db" => !matches!(to.get(1).map(String::as_str), Some("schema" | "types" | "dialect" | "tables")),
            _ => !api && (same || order(to) < order(from)) && order(to).is_some(),
        },
        "slice api" => match target {
            "kit" | "config" | "platform" | "web" => true,
            _ if from.first().is_some_and(|first| first == "flows") => true,
            "db" => !matches!(to.get(1).map(String::as_str), Some("schema" | "types" | "dialect" | "tables")),
            "flows" => !api,
            _ => same || (!api && order(to).is_some() && order(to) < order(from)),
        },
        "flows" => !matches!(target, "app" | "serve" | "commands"),
        _ => true,
    }
}

#[test]
fn every_import_goes_down_the_house() {
    let mut wrong = Vec::new();
    for source in sources() {
        for path in source.paths.iter().filter(|path| path.first().is_some_and(|first| first == "crate")) {
            if !allowed(&source.module, &path[1..]) {
                wrong.push(format!("{} uses {}", source.module.join("::"), path.join("::")));
            }
        }
    }
    wrong.sort();
    wrong.dedup();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn diesel_and_actix_stay_on_their_floors() {
    let mut wrong = Vec::new();
    for source in sources() {
        let names =
            |krate: &str| source.paths.iter().any(|path| path.first().is_some_and(|first| first == krate));
        let home = floor(&source.module);
        if names("diesel") && !matches!(home, "db" | "platform" | "slice repo") {
            wrong.push(format!("{} uses diesel", source.module.join("::")));
        }
        if names("actix_web") && !matches!(home, "web" | "slice api" | "top") {
            wrong.push(format!("{} uses actix_web", source.module.join("::")));
        }
        let variant = source
            .paths
            .iter()
            .any(|path| path.windows(2).any(|pair| pair[0] == "AnyConn" && pair.len() == 2));
        if variant && home != "db" {
            wrong.push(format!("{} tells the backends apart", source.module.join("::")));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn routes_are_mounted_where_the_document_sees_them() {
    let app = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/src/app.rs")).unwrap();
    assert!(!app.contains(".map(|app"), "routes mounted by map stay out of the document");
    assert!(!app.contains(".route("), "routes mounted by route stay out of the document");
}
