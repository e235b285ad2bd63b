//! Which names a function has, as far as a change can use them: a name with a type that fits is found by compiling.

use proc_macro2::{TokenStream, TokenTree};
use syn::visit::{self, Visit};

use super::bytes;

const INTEGERS: [&str; 6] = ["u32", "u64", "usize", "i64", "i32", "u8"];

/// Parameters of a whole number's type.
pub(super) fn integers(signature: &syn::Signature, source: &str) -> Vec<String> {
    let typed = signature.inputs.iter().filter_map(|input| match input {
        syn::FnArg::Typed(typed) => Some(typed),
        syn::FnArg::Receiver(_) => None,
    });
    typed
        .filter(|typed| INTEGERS.contains(&&source[bytes(typed.ty.as_ref())]))
        .map(|typed| source[bytes(typed.pat.as_ref())].to_owned())
        .collect()
}

/// What a function does with its names.
#[derive(Debug, Default)]
pub(super) struct Uses {
    /// Names of which `.clone()` is taken.
    pub(super) clones: Vec<String>,
    /// Methods and the names that they are called on.
    pub(super) receivers: Vec<(String, String)>,
    /// Names and their fields.
    pub(super) fields: Vec<(String, String)>,
}

/// The uses of names in a block.
pub(super) fn uses(block: &syn::Block, source: &str) -> Uses {
    let mut reader = Reader { source, uses: Uses::default() };
    reader.visit_block(block);
    reader.uses
}

struct Reader<'s> {
    source: &'s str,
    uses: Uses,
}

fn note<T: PartialEq>(list: &mut Vec<T>, item: T) {
    if !list.contains(&item) {
        list.push(item);
    }
}

impl<'ast> Visit<'ast> for Reader<'_> {
    fn visit_expr_method_call(&mut self, call: &'ast syn::ExprMethodCall) {
        if matches!(*call.receiver, syn::Expr::Path(_)) {
            let receiver = self.source[bytes(call.receiver.as_ref())].to_owned();
            if call.method == "clone" {
                note(&mut self.uses.clones, receiver.clone());
            }
            note(&mut self.uses.receivers, (call.method.to_string(), receiver));
        }
        visit::visit_expr_method_call(self, call);
    }

    fn visit_expr_field(&mut self, field: &'ast syn::ExprField) {
        if let (syn::Expr::Path(_), syn::Member::Named(member)) = (field.base.as_ref(), &field.member) {
            let base = self.source[bytes(field.base.as_ref())].to_owned();
            note(&mut self.uses.fields, (base, member.to_string()));
        }
        visit::visit_expr_field(self, field);
    }
}

/// Whether a text of Rust has this name in it, also within the text of a macro's format.
pub(super) fn mentions(text: &str, name: &str) -> bool {
    fn walk(tokens: TokenStream, name: &str) -> bool {
        tokens.into_iter().any(|token| match token {
            TokenTree::Ident(ident) => ident == name,
            TokenTree::Group(group) => walk(group.stream(), name),
            TokenTree::Literal(literal) => literal.to_string().contains(&format!("{{{name}")),
            TokenTree::Punct(_) => false,
        })
    }
    text.parse::<TokenStream>().is_ok_and(|tokens| walk(tokens, name))
}

/// The names that a pattern binds.
pub(super) fn names(pattern: &syn::Pat) -> Vec<String> {
    struct Names(Vec<String>);
    impl<'ast> Visit<'ast> for Names {
        fn visit_pat_ident(&mut self, pattern: &'ast syn::PatIdent) {
            self.0.push(pattern.ident.to_string());
        }
    }
    let mut names = Names(Vec::new());
    names.visit_pat(pattern);
    names.0
}
