//! Which function a line of a source file belongs to.

use syn::spanned::Spanned;
use syn::visit::{self, Visit};

/// The innermost function that holds `line`, as its name; `None` outside functions and for files that do not parse.
#[must_use]
pub fn enclosing_function(source: &str, line: u32) -> Option<String> {
    let file = syn::parse_file(source).ok()?;
    let mut search = Search { line: line as usize, found: None };
    search.visit_file(&file);
    search.found
}

struct Search {
    line: usize,
    found: Option<String>,
}

impl Search {
    fn note(&mut self, name: &syn::Ident, span: proc_macro2::Span) {
        if (span.start().line..=span.end().line).contains(&self.line) {
            self.found = Some(name.to_string());
        }
    }
}

impl<'ast> Visit<'ast> for Search {
    fn visit_item_fn(&mut self, item: &'ast syn::ItemFn) {
        self.note(&item.sig.ident, item.span());
        visit::visit_item_fn(self, item);
    }

    fn visit_impl_item_fn(&mut self, item: &'ast syn::ImplItemFn) {
        self.note(&item.sig.ident, item.span());
        visit::visit_impl_item_fn(self, item);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_belongs_to_the_innermost_function() {
        let source = "fn fuera() {\n    fn dentro() {\n        x();\n    }\n    y();\n}\nstatic Z: u8 = 0;\n";
        assert_eq!(enclosing_function(source, 3).as_deref(), Some("dentro"));
        assert_eq!(enclosing_function(source, 5).as_deref(), Some("fuera"));
        assert_eq!(enclosing_function(source, 7), None);
        assert_eq!(enclosing_function("fn (", 1), None);
    }
}
