//! Codes of faults: each one that the sources use has a text in every language but English, whose texts come with the
//! faults. The sources are read, as no run meets every fault.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use syn::punctuated::Punctuated;
use syn::visit::{self, Visit};
use syn::{Expr, Pat, Token};

use super::problems::{sources, texts};

/// What takes the code of a fault: by its name (`Type::name` of an associated function, `.name` of a method) the place of
/// the code among the arguments. Known by a parameter `code` beside one that is the message.
type Takers = BTreeMap<String, BTreeSet<usize>>;

/// Names of the other parameter.
const MESSAGES: [&str; 2] = ["message", "text"];
/// How messages begin: they go on where the name of the member stands.
const MEMBER_IS: [&str; 5] = ["must ", "is ", "has ", "needs ", "cannot "];
/// Structs that hold the code of a fault.
const HOLDERS: [&str; 3] = ["Fault", "RowFault", "Unfit"];

fn name_of(pattern: &Pat) -> Option<String> {
    match pattern {
        Pat::Ident(one) => Some(one.ident.to_string()),
        Pat::Type(one) => name_of(&one.pat),
        _ => None,
    }
}

/// Where `code` stands among names, if there is a message, too.
fn place<'a>(patterns: impl Iterator<Item = &'a Pat>) -> Option<usize> {
    let names: Vec<Option<String>> = patterns.map(name_of).collect();
    let has = |wanted: &str| names.iter().position(|name| name.as_deref() == Some(wanted));
    MESSAGES.iter().any(|message| has(message).is_some()).then(|| has("code"))?
}

/// The literals an expression may be, through conversions and branches; `None` when it is something else.
fn literals(expression: &Expr) -> Option<Vec<String>> {
    let all = |found: Vec<Option<Vec<String>>>| {
        found.into_iter().collect::<Option<Vec<_>>>().map(|found| found.concat())
    };
    match expression {
        Expr::Lit(one) => match &one.lit {
            syn::Lit::Str(text) => Some(vec![text.value()]),
            _ => None,
        },
        Expr::Reference(one) => literals(&one.expr),
        Expr::Paren(one) => literals(&one.expr),
        Expr::MethodCall(one) if ["to_owned", "into", "to_string"].contains(&&*one.method.to_string()) => {
            literals(&one.receiver)
        }
        Expr::Match(one) => all(one.arms.iter().map(|arm| literals(&arm.body)).collect()),
        Expr::If(one) => {
            let (_, otherwise) = one.else_branch.as_ref()?;
            all(vec![last(&one.then_branch).and_then(literals), literals(otherwise)])
        }
        Expr::Block(one) => last(&one.block).and_then(literals),
        _ => None,
    }
}

fn last(block: &syn::Block) -> Option<&Expr> {
    match block.stmts.last() {
        Some(syn::Stmt::Expr(expression, None)) => Some(expression),
        _ => None,
    }
}

fn is_code(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_lowercase())
        && text.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_')
}

/// A code that was made out somewhere else, and is looked at there.
fn is_passed_on(expression: &Expr) -> bool {
    match expression {
        Expr::Reference(one) => is_passed_on(&one.expr),
        Expr::Path(one) => one.path.is_ident("code"),
        Expr::Field(one) => matches!(&one.member, syn::Member::Named(name) if name == "code"),
        Expr::MethodCall(one) => {
            one.method == "code"
                || (["to_owned", "into", "to_string", "clone"].contains(&&*one.method.to_string())
                    && is_passed_on(&one.receiver))
        }
        _ => false,
    }
}

/// Tests within the sources may use what they like.
fn is_test(attributes: &[syn::Attribute]) -> bool {
    attributes.iter().any(|attribute| attribute.path().is_ident("cfg"))
}

fn own_type(item: &syn::ItemImpl) -> Option<String> {
    match &*item.self_ty {
        syn::Type::Path(path) => path.path.segments.last().map(|last| last.ident.to_string()),
        _ => None,
    }
}

/// First reading: what takes codes.
#[derive(Default)]
struct Definitions {
    takers: Takers,
    /// Those that other files can name.
    shared: Takers,
    own: Option<String>,
}

impl Definitions {
    fn note(&mut self, signature: &syn::Signature, visibility: &syn::Visibility) {
        let typed = |input: &syn::FnArg| match input {
            syn::FnArg::Typed(one) => Some((*one.pat).clone()),
            syn::FnArg::Receiver(_) => None,
        };
        let patterns: Vec<Pat> = signature.inputs.iter().filter_map(typed).collect();
        let Some(at) = place(patterns.iter()) else { return };
        let name = match &self.own {
            _ if signature.receiver().is_some() => format!(".{}", signature.ident),
            Some(own) => format!("{own}::{}", signature.ident),
            None => signature.ident.to_string(),
        };
        if !matches!(visibility, syn::Visibility::Inherited) {
            self.shared.entry(name.clone()).or_default().insert(at);
        }
        self.takers.entry(name).or_default().insert(at);
    }
}

impl<'ast> Visit<'ast> for Definitions {
    fn visit_item_mod(&mut self, item: &'ast syn::ItemMod) {
        if !is_test(&item.attrs) {
            visit::visit_item_mod(self, item);
        }
    }

    fn visit_item_impl(&mut self, item: &'ast syn::ItemImpl) {
        let outer = std::mem::replace(&mut self.own, own_type(item));
        visit::visit_item_impl(self, item);
        self.own = outer;
    }

    fn visit_impl_item_fn(&mut self, item: &'ast syn::ImplItemFn) {
        self.note(&item.sig, &item.vis);
        visit::visit_impl_item_fn(self, item);
    }

    fn visit_item_fn(&mut self, item: &'ast syn::ItemFn) {
        self.note(&item.sig, &item.vis);
        visit::visit_item_fn(self, item);
    }

    fn visit_local(&mut self, local: &'ast syn::Local) {
        if let (Some(name), Some(init)) = (name_of(&local.pat), &local.init)
            && let Expr::Closure(closure) = &*init.expr
            && let Some(at) = place(closure.inputs.iter())
        {
            self.takers.entry(name).or_default().insert(at);
        }
        visit::visit_local(self, local);
    }
}

/// Second reading: the codes that are given.
struct Uses<'a> {
    file: String,
    /// What the file itself defines, looked at before what others do.
    here: &'a Takers,
    all: &'a Takers,
    own: Option<String>,
    found: BTreeSet<String>,
    /// Codes that cannot be made out.
    opaque: Vec<String>,
}

impl Uses<'_> {
    fn give(&mut self, given: &Expr, what: &str) {
        match literals(given) {
            Some(codes) => self.found.extend(codes),
            None if is_passed_on(given) => {}
            None => self.opaque.push(format!("{}: what {what} is given", self.file)),
        }
    }

    fn places(&self, name: &str) -> BTreeSet<usize> {
        self.here.get(name).or_else(|| self.all.get(name)).cloned().unwrap_or_default()
    }

    /// A code at a place of every tuple that an expression may be.
    fn tuples(&mut self, expression: &Expr, at: usize) {
        struct Tuples<'b>(usize, Vec<&'b Expr>);
        impl<'b> Visit<'b> for Tuples<'b> {
            fn visit_expr_tuple(&mut self, tuple: &'b syn::ExprTuple) {
                self.1.extend(tuple.elems.iter().nth(self.0));
            }
        }
        let mut tuples = Tuples(at, Vec::new());
        tuples.visit_expr(expression);
        self.found.extend(tuples.1.into_iter().filter_map(literals).flatten().filter(|text| is_code(text)));
    }
}

impl<'ast> Visit<'ast> for Uses<'_> {
    fn visit_item_mod(&mut self, item: &'ast syn::ItemMod) {
        if !is_test(&item.attrs) {
            visit::visit_item_mod(self, item);
        }
    }

    fn visit_item_impl(&mut self, item: &'ast syn::ItemImpl) {
        let outer = std::mem::replace(&mut self.own, own_type(item));
        visit::visit_item_impl(self, item);
        self.own = outer;
    }

    /// `fn code` of an enum of faults.
    fn visit_impl_item_fn(&mut self, item: &'ast syn::ImplItemFn) {
        let documents = |attribute: &syn::Attribute| {
            let syn::Meta::NameValue(value) = &attribute.meta else { return false };
            matches!(literals(&value.value), Some(text) if text.concat().contains("code of the fault"))
        };
        if item.sig.ident == "code" && item.attrs.iter().any(documents) {
            match last(&item.block).and_then(literals) {
                Some(codes) => self.found.extend(codes),
                None => self.opaque.push(format!("{}: fn code", self.file)),
            }
        }
        visit::visit_impl_item_fn(self, item);
    }

    fn visit_expr_call(&mut self, call: &'ast syn::ExprCall) {
        if let Expr::Path(path) = &*call.func {
            let mut names: Vec<String> =
                path.path.segments.iter().map(|segment| segment.ident.to_string()).collect();
            if let (Some(first), Some(own)) = (names.first_mut().filter(|name| *name == "Self"), &self.own) {
                first.clone_from(own);
            }
            let last_two = names.len().saturating_sub(2);
            let qualified = names[last_two..].join("::");
            let mut places = self.places(&qualified);
            if places.is_empty() && names.len() > 1 && !names[names.len() - 2].starts_with(char::is_uppercase)
            {
                places = self.places(&names[names.len() - 1]);
            }
            if qualified == "ValidationError::new" {
                places.insert(0);
            }
            for at in places {
                if let Some(given) = call.args.iter().nth(at) {
                    self.give(given, &qualified);
                }
            }
        }
        visit::visit_expr_call(self, call);
    }

    fn visit_expr_method_call(&mut self, call: &'ast syn::ExprMethodCall) {
        let collects = |receiver: &Expr| matches!(receiver, Expr::Path(path) if path.path.is_ident("f") || path.path.is_ident("faults"));
        let name = format!(".{}", call.method);
        for at in self.places(&name) {
            let Some(given) = call.args.iter().nth(at).filter(|_| call.args.len() > 1) else { continue };
            // Other things have methods of the name.
            if literals(given).is_some() || collects(&call.receiver) {
                self.give(given, &name);
            }
        }
        visit::visit_expr_method_call(self, call);
    }

    fn visit_expr_struct(&mut self, made: &'ast syn::ExprStruct) {
        let name = made.path.segments.last().map(|last| last.ident.to_string()).unwrap_or_default();
        if HOLDERS.contains(&&*name) {
            for field in &made.fields {
                if matches!(&field.member, syn::Member::Named(member) if member == "code") {
                    self.give(&field.expr, &name);
                }
            }
        }
        visit::visit_expr_struct(self, made);
    }

    /// A code beside its message, on the way to what takes both.
    fn visit_expr_tuple(&mut self, tuple: &'ast syn::ExprTuple) {
        let told: Vec<Option<Vec<String>>> = tuple.elems.iter().map(literals).collect();
        for pair in told.windows(2) {
            if let [Some(codes), Some(messages)] = pair
                && codes.iter().all(|code| is_code(code))
                && messages.iter().all(|text| MEMBER_IS.iter().any(|begin| text.starts_with(begin)))
            {
                self.found.extend(codes.iter().cloned());
            }
        }
        visit::visit_expr_tuple(self, tuple);
    }

    /// `let (code, message) = …`
    fn visit_local(&mut self, local: &'ast syn::Local) {
        if let (Pat::Tuple(pattern), Some(init)) = (&local.pat, &local.init)
            && let Some(at) = place(pattern.elems.iter())
        {
            self.tuples(&init.expr, at);
        }
        visit::visit_local(self, local);
    }

    /// `#[validate(length(max = 3), custom(function = "one_line"))]`
    fn visit_attribute(&mut self, attribute: &'ast syn::Attribute) {
        if !attribute.path().is_ident("validate") {
            return;
        }
        let rules = attribute.parse_args_with(Punctuated::<syn::Meta, Token![,]>::parse_terminated);
        for rule in rules.unwrap() {
            let name = rule.path().get_ident().unwrap().to_string();
            if !["nested", "custom", "skip_on_field_errors", "schema"].contains(&&*name) {
                self.found.insert(name);
            }
        }
    }

    /// `vec![…]` and its like.
    fn visit_macro(&mut self, made: &'ast syn::Macro) {
        let parts = made.parse_body_with(Punctuated::<Expr, Token![,]>::parse_terminated);
        // What is no list of expressions is looked at as a text.
        match parts {
            Ok(parts) => parts.iter().for_each(|part| self.visit_expr(part)),
            Err(_) => self.found.extend(told_in(&made.tokens.to_string())),
        }
    }
}

/// The codes in the body of a macro.
fn told_in(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    for call in ["add (\"", "ValidationError :: new (\""] {
        for rest in text.split(call).skip(1) {
            found.extend(rest.split('"').next().filter(|code| is_code(code)).map(str::to_owned));
        }
    }
    found
}

/// The codes in the sources, and what cannot be made out.
fn used() -> (BTreeSet<String>, Vec<String>) {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files = Vec::new();
    for path in sources(&root) {
        let name = path.file_stem().unwrap().to_str().unwrap();
        // Test modules in files of their own.
        if !name.ends_with("tests") {
            let text = std::fs::read_to_string(&path).unwrap();
            files.push((path, syn::parse_file(&text).unwrap()));
        }
    }
    let mut all = Takers::new();
    let mut by_file = Vec::new();
    for (_, file) in &files {
        let mut definitions = Definitions::default();
        definitions.visit_file(file);
        for (name, places) in &definitions.shared {
            all.entry(name.clone()).or_default().extend(places);
        }
        by_file.push(definitions.takers);
    }
    let (mut found, mut opaque) = (BTreeSet::new(), Vec::new());
    for ((path, file), here) in files.iter().zip(&by_file) {
        let file_name = path.strip_prefix(&root).unwrap().display().to_string();
        let mut uses = Uses { file: file_name, here, all: &all, own: None, found, opaque };
        uses.visit_file(file);
        (found, opaque) = (uses.found, uses.opaque);
    }
    (found, opaque)
}

#[test]
fn every_code_of_a_fault_in_the_sources_has_a_chinese_text() {
    let (used, opaque) = used();
    assert!(opaque.is_empty(), "give codes as literals, or pass them on as `code`:\n{}", opaque.join("\n"));
    for known in ["blank", "length", "unknown_member", "phone", "reference_taken", "no_identity", "future"] {
        assert!(used.contains(known), "{known} is not seen any more");
    }
    let told: BTreeSet<String> = texts("zh-CN.yml")
        .into_iter()
        .filter_map(|(key, _)| key.strip_prefix("fault.").map(str::to_owned))
        .collect();
    let missing: Vec<&String> = used.difference(&told).collect();
    assert!(missing.is_empty(), "without a text under `fault:` in locales/zh-CN.yml: {missing:?}");
    let unused: Vec<&String> = told.difference(&used).collect();
    assert!(unused.is_empty(), "texts in locales/zh-CN.yml of codes that nothing uses: {unused:?}");
}
