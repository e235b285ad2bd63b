//! Small changes to a program's text. Pure: what comes out may not compile, and nothing here says whether it is right.
//!
//! Only bytes of the source are replaced, so that comments and formatting stay and a line is still the same line.

mod bindings;
mod expressions;
mod guards;
mod statements;
#[cfg(test)]
mod tests;

use std::ops::Range;

use proc_macro2::{Span, TokenStream};
use sha2::{Digest, Sha256};
use syn::spanned::Spanned;
use syn::visit::Visit;

/// What the documentation of an item says that students do not change.
const NOT_TO_CHANGE: &str = "no cambiar";
/// Hexadecimal digits that tell mutants of one function apart.
const MARK_DIGITS: usize = 8;

/// A kind of change.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Operator(pub(crate) &'static str);

/// Bytes of the source and what stands there instead.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Edit {
    /// The bytes that go.
    pub(crate) range: Range<usize>,
    /// What comes.
    pub(crate) text: String,
}

/// A changed program.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Mutant {
    /// What was done.
    pub(crate) operator: Operator,
    /// The function in which it was done.
    pub(crate) function: String,
    /// The first line that differs, from 1.
    pub(crate) line: usize,
    /// The whole changed source.
    pub(crate) text: String,
    /// Tokens of the changed function: two mutants with the same ones are the same change.
    pub(crate) tokens: String,
}

impl Mutant {
    /// A short name of the change, the same for the same function and change in any file.
    #[must_use]
    pub(crate) fn mark(&self) -> String {
        let digest = Sha256::digest(self.tokens.as_bytes());
        digest.iter().map(|byte| format!("{byte:02x}")).collect::<String>()[..MARK_DIGITS].to_owned()
    }
}

impl Edit {
    pub(crate) fn new(range: Range<usize>, text: impl Into<String>) -> Self {
        Self { range, text: text.into() }
    }
}

/// Every small change to a program, those that come to the same tokens once.
///
/// # Errors
/// When the source is not Rust.
pub(crate) fn mutants(source: &str) -> syn::Result<Vec<Mutant>> {
    let file = syn::parse_file(source)?;
    let mut finder = Finder { source, found: Vec::new(), inside: Vec::new() };
    finder.visit_file(&file);
    let mut mutants: Vec<Mutant> = Vec::new();
    for found in finder.found {
        let Some(mutant) = found.applied(source) else { continue };
        if mutants.iter().all(|known| known.tokens != mutant.tokens || known.function != mutant.function) {
            mutants.push(mutant);
        }
    }
    Ok(mutants)
}

/// A change that was found, and the function it is in.
#[derive(Debug)]
struct Found {
    operator: Operator,
    function: String,
    whole: Range<usize>,
    edits: Vec<Edit>,
}

impl Found {
    /// The changed source; `None` when the edits overlap, change nothing, or leave what is no Rust.
    fn applied(mut self, source: &str) -> Option<Mutant> {
        self.edits.sort_by_key(|edit| (edit.range.start, edit.range.end));
        if self.edits.windows(2).any(|pair| pair[0].range.end > pair[1].range.start) {
            return None;
        }
        let first = self.edits.iter().find(|edit| source[edit.range.clone()] != edit.text)?;
        let line = line_of(source, first.range.start);
        let mut text = source.to_owned();
        for edit in self.edits.iter().rev() {
            text.replace_range(edit.range.clone(), &edit.text);
        }
        let grown = text.len() as isize - source.len() as isize;
        let end = self.whole.end.checked_add_signed(grown)?;
        let tokens_of = |text: &str| text.parse::<TokenStream>().ok().map(|tokens| tokens.to_string());
        let tokens = tokens_of(text.get(self.whole.start..end)?)?;
        if Some(&tokens) == tokens_of(&source[self.whole.clone()]).as_ref() {
            return None;
        }
        Some(Mutant { operator: self.operator, function: self.function, line, text, tokens })
    }
}

/// The line of a byte, from 1.
fn line_of(source: &str, at: usize) -> usize {
    source[..at].matches('\n').count() + 1
}

/// The bytes of a piece of the program.
pub(crate) fn bytes(node: &impl Spanned) -> Range<usize> {
    node.span().byte_range()
}

/// A function that is being looked at.
#[derive(Debug)]
struct Inside {
    name: String,
    whole: Range<usize>,
    returns: String,
    integers: Vec<String>,
    clones: Vec<String>,
    receivers: Vec<(String, String)>,
    fields: Vec<(String, String)>,
}

struct Finder<'s> {
    source: &'s str,
    found: Vec<Found>,
    inside: Vec<Inside>,
}

impl<'s> Finder<'s> {
    fn text(&self, node: &impl Spanned) -> &'s str {
        &self.source[bytes(node)]
    }

    fn add(&mut self, operator: &'static str, edits: Vec<Edit>) {
        let Some(inside) = self.inside.first() else { return };
        let (function, whole) = (inside.name.clone(), inside.whole.clone());
        self.found.push(Found { operator: Operator(operator), function, whole, edits });
    }

    fn replace(&mut self, operator: &'static str, range: Range<usize>, text: impl Into<String>) {
        self.add(operator, vec![Edit::new(range, text)]);
    }

    /// The innermost function.
    fn inside(&self) -> Option<&Inside> {
        self.inside.last()
    }

    fn enter(&mut self, whole: Span, signature: &syn::Signature, block: &syn::Block) {
        let returns = match &signature.output {
            syn::ReturnType::Default => String::new(),
            syn::ReturnType::Type(_, kind) => self.text(kind.as_ref()).to_owned(),
        };
        let integers = bindings::integers(signature, self.source);
        let uses = bindings::uses(block, self.source);
        self.inside.push(Inside {
            name: signature.ident.to_string(),
            whole: whole.byte_range(),
            returns,
            integers,
            clones: uses.clones,
            receivers: uses.receivers,
            fields: uses.fields,
        });
        self.visit_block(block);
        self.inside.pop();
    }
}

/// Whether students are told not to change an item.
fn is_given(attributes: &[syn::Attribute], source: &str) -> bool {
    attributes.iter().any(|attribute| source[bytes(attribute)].contains(NOT_TO_CHANGE))
}

impl<'ast> Visit<'ast> for Finder<'_> {
    fn visit_item_fn(&mut self, function: &'ast syn::ItemFn) {
        if !is_given(&function.attrs, self.source) {
            self.enter(function.span(), &function.sig, &function.block);
        }
    }

    fn visit_impl_item_fn(&mut self, function: &'ast syn::ImplItemFn) {
        self.enter(function.span(), &function.sig, &function.block);
    }

    fn visit_item_struct(&mut self, _: &'ast syn::ItemStruct) {}

    fn visit_item_enum(&mut self, _: &'ast syn::ItemEnum) {}

    fn visit_block(&mut self, block: &'ast syn::Block) {
        self.statements(&block.stmts);
        syn::visit::visit_block(self, block);
    }

    fn visit_expr(&mut self, expression: &'ast syn::Expr) {
        self.expression(expression);
        syn::visit::visit_expr(self, expression);
    }
}
